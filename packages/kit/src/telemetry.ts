import { Failure } from '@meshboard/contracts'
import {
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Attributes,
  TraceFlags,
  INVALID_TRACEID,
  context,
  trace,
} from '@opentelemetry/api'
import { ROOT } from './branch.ts'
import { newTrace } from './trace-ids.ts'

/** What a span is called, what it does, and where it hangs. */
export interface SpanSpec {
  name: string
  kind: SpanKind
  attributes?: Attributes
  /** The trace to go on; absent: the one that is active. */
  parent?: Context
}

/** Runs `work` inside a span, which ends with it and carries its error. */
export const inSpan = <T>(spec: SpanSpec, work: (span: Span) => Promise<T>): Promise<T> => {
  const { parent = context.active() } = spec
  const span = startSpan(spec)
  if (span === trace.getSpan(parent)) return context.with(parent, work, undefined, span)
  return inNewSpan(trace.setSpan(parent, span), span, work)
}

const inNewSpan = async <T>(
  ...[active, span, work]: [Context, Span, (span: Span) => Promise<T>]
): Promise<T> => {
  try {
    return await context.with(active, work, undefined, span)
  } catch (error) {
    markFailed(span, error)
    throw error
  } finally {
    span.end()
  }
}

let shareRecorded = 1

/** Sets which share of the traces that begin in this process is recorded, 0 to 1; any other costs two numbers. */
export const setRecording = (share: number): void => {
  shareRecorded = share
}

/**
 * Begins a span that is not made the active one; `endSpan` ends it. Below one that is not recorded it
 * is that one: nothing of it would be kept, and its trace is the same.
 */
export const startSpan = ({
  name,
  kind,
  attributes,
  parent = context.active(),
}: SpanSpec): Span => {
  const above = trace.getSpan(parent)
  if (above && isUnsampled(above)) return above
  if (!above && Math.random() >= shareRecorded) return trace.wrapSpanContext(newTrace())
  const tracer = trace.getTracer('meshboard')
  return tracer.startSpan(name, attributes ? { kind, attributes } : { kind }, parent)
}

const isUnsampled = (span: Span): boolean => {
  const { traceFlags, traceId } = span.spanContext()
  return (traceFlags & TraceFlags.SAMPLED) === 0 && traceId !== INVALID_TRACEID
}

/**
 * Begins a span below the active one, for what has no promise to await; `endSpan` ends it. Nothing,
 * and next to no work, where no trace is active or the active one is not recorded.
 */
export const startChildSpan = (describe: () => Omit<SpanSpec, 'parent'>): Span | undefined => {
  if (!trace.getActiveSpan()?.isRecording()) return undefined
  const { name, kind, attributes = {} } = describe()
  return trace.getTracer('meshboard').startSpan(name, { kind, attributes })
}

/** Ends a span that `startChildSpan` may have begun; with an error if there was one. */
export const endSpan = (span: Span | undefined, error?: unknown): void => {
  if (error) markFailed(span, error)
  span?.end()
}

/** With the kind of fault and never its text. */
const markFailed = (span: Span | undefined, error: unknown): void => {
  const type = typeOf(error)
  span?.setStatus({ code: SpanStatusCode.ERROR, message: type }).setAttribute('error.type', type)
}

const typeOf = (error: unknown): string => {
  if (error instanceof Failure) return error.code
  return error instanceof Error ? error.name : '_OTHER'
}

/** The `traceparent` of the active span, if there is one. */
export const activeTraceparent = (): string | undefined => {
  const span = trace.getActiveSpan()
  return span && traceparentOf(span)
}

/** The `traceparent` of a span (W3C Trace Context, version 00). */
export const traceparentOf = (span: Span): string => {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags === TraceFlags.NONE ? '00' : '01'}`
}

/** The trace that a `traceparent` names, to be a span's parent. */
export const contextFrom = (traceparent: string | undefined): Context => {
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return ROOT
  const spanContext = {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceFlags: Number(`0x${traceparent.slice(53)}`) & TraceFlags.SAMPLED,
    isRemote: true,
  }
  return trace.setSpan(ROOT, trace.wrapSpanContext(spanContext))
}

/** Neither id is all zeros. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace id of the active span, 32 hex digits; all zeros outside of any. */
export const activeTraceId = (): string =>
  trace.getActiveSpan()?.spanContext().traceId ?? '0'.repeat(32)

export { type Span, SpanKind, SpanStatusCode }
