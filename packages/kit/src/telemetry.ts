import { Failure } from '@meshboard/contracts'
import {
  type Context,
  type Span,
  SpanKind,
  type SpanContext,
  SpanStatusCode,
  type Attributes,
  TraceFlags,
  INVALID_TRACEID,
  context,
  trace,
} from '@opentelemetry/api'
import { ROOT } from './branch.ts'
import { newSpanId, newTraceId } from './trace-ids.ts'
import { type Describe, type FailedSpan, UnrecordedSpan } from './unrecorded-span.ts'

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
  const span = startSpan(spec)
  try {
    const result = await below(span, spec, work)
    endSpan(span)
    return result
  } catch (error) {
    endSpan(span, error ?? NOTHING)
    throw error
  }
}

/** Even what is not said has been thrown. */
const NOTHING = 'nothing'

/** Runs `work` where the span is the active one; does not end it. */
export const below = <T>(
  ...[span, { parent = context.active() }, work]: [Span, SpanSpec, (span: Span) => T]
): T => {
  const place = span === trace.getSpan(parent) ? parent : trace.setSpan(parent, span)
  return context.with(place, work, undefined, span)
}

/** What this process keeps of the traces it is in. */
export interface Recording {
  /** The share of the traces that begin here that is recorded, 0 to 1. */
  readonly share: number
  /** Gets each span that fails in a trace that is not recorded; absent: such a span is nothing at all. */
  readonly keepFailed?: ((failed: FailedSpan) => void) | undefined
}

let recording: Recording = { share: 1 }

/** Sets what this process records. */
export const setRecording = (next: Recording): void => {
  recording = next
}

/**
 * Begins a span that is not made the active one; `endSpan` ends it. In a trace that is not recorded it
 * is kept only if it fails, and where not even that is wanted it is the one above.
 */
export const startSpan = (spec: SpanSpec): Span => {
  const { name, kind, attributes, parent = context.active() } = spec
  const above = trace.getSpan(parent)
  if (above ? isUnsampled(above) : Math.random() >= recording.share) return unrecorded(spec, above)
  const tracer = trace.getTracer('meshboard')
  return tracer.startSpan(name, attributes ? { kind, attributes } : { kind }, parent)
}

const unrecorded = (describe: Describe, above: Span | undefined): Span => {
  const { keepFailed } = recording
  if (keepFailed) return new UnrecordedSpan(keepFailed, describe, above?.spanContext())
  return above ?? trace.wrapSpanContext(newTrace())
}

const newTrace = (): SpanContext => ({
  traceId: newTraceId(),
  spanId: newSpanId(),
  traceFlags: TraceFlags.NONE,
})

const isUnsampled = (span: Span): boolean => {
  const { traceFlags, traceId } = span.spanContext()
  return (traceFlags & TraceFlags.SAMPLED) === 0 && traceId !== INVALID_TRACEID
}

/**
 * Begins a span below the active one, for what has no promise to await; `endSpan` ends it. Nothing
 * where no trace is active, and next to no work where the active one is not recorded.
 */
export const startChildSpan = (describe: () => Omit<SpanSpec, 'parent'>): Span | undefined => {
  const above = trace.getActiveSpan()
  if (!above) return undefined
  if (above instanceof UnrecordedSpan) return above.child(describe)
  if (!above.isRecording()) return undefined
  const { name, kind, attributes = {} } = describe()
  return trace.getTracer('meshboard').startSpan(name, { kind, attributes })
}

/** Ends a span that `startChildSpan` may have begun; with an error if there was one. */
export const endSpan = (span: Span | undefined, error?: unknown): void => {
  if (error) markFailed(span, error)
  span?.end()
}

/** Notes at the active span that it ends in a refusal, for who answers with one and does not throw it. */
export const failActiveSpan = (error: unknown): void => markFailed(trace.getActiveSpan(), error)

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
