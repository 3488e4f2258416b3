import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Attributes,
  context,
  propagation,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOffSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** Stops what `startTelemetry` started, after sending what is recorded. */
export type StopTelemetry = () => Promise<void>

/**
 * Gives the process a tracer. Without an endpoint nothing is recorded, but every call still has a
 * trace id, which failures and ledger entries name. The first service of a process wins.
 */
export const startTelemetry = (service: string, endpoint: string): StopTelemetry => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'meshboard' }),
    ...(endpoint === ''
      ? { sampler: new AlwaysOffSampler() }
      : { spanProcessors: [new BatchSpanProcessor({ exporter: exporterTo(endpoint) })] }),
  })
  trace.setGlobalTracerProvider(provider)
  return () => provider.shutdown()
}

const exporterTo = (endpoint: string) =>
  new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })

/** What a span is called, what it does, and where it hangs. */
export interface SpanSpec {
  name: string
  kind: SpanKind
  attributes?: Attributes
  /** The trace to go on; absent: the one that is active. */
  parent?: Context
}

/** Runs `work` inside a span, which ends with it and carries its error. */
export const inSpan = async <T>(spec: SpanSpec, work: (span: Span) => Promise<T>): Promise<T> => {
  const { name, kind, attributes = {}, parent = context.active() } = spec
  const span = trace.getTracer('meshboard').startSpan(name, { kind, attributes }, parent)
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span))
  } catch (error) {
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.name : '',
    })
    throw error
  } finally {
    span.end()
  }
}

/** The `traceparent` of the active span, if there is one. */
export const activeTraceparent = (): string | undefined => {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier['traceparent']
}

/** The trace that a `traceparent` names, to be a span's parent. */
export const contextFrom = (traceparent: string | undefined): Context =>
  traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent })

/** The trace id of the active span, 32 hex digits; all zeros outside of any. */
export const activeTraceId = (): string =>
  trace.getActiveSpan()?.spanContext().traceId ?? '0'.repeat(32)

export { type Span, SpanKind, SpanStatusCode }
