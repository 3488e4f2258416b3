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
    markFailed(span, error)
    throw error
  } finally {
    span.end()
  }
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

const markFailed = (span: Span | undefined, error: unknown): void => {
  const message = error instanceof Error ? error.name : ''
  span?.setStatus({ code: SpanStatusCode.ERROR, message })
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
