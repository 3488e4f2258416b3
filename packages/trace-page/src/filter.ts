import { type Summary, summaryOf } from './trace-summary.ts'
import type { Trace, TraceStore } from './trace-store.ts'

/** Which traces are looked for; what is empty does not count. */
export interface Filter {
  /** A service that took part. */
  readonly service: string
  /** A part of the name of a span, or of a value of its attributes. */
  readonly text: string
  readonly isFailed: boolean
  /** Somebody's request at a door, and not what the mesh asks itself now and then. */
  readonly isRequest: boolean
  readonly durationMsMin: number
  /** The beginning of its id. */
  readonly traceId: string
}

/** The filter that an address asks for: `service`, `text`, `failed`, `requests`, `min_ms`, `trace_id`. */
export const filterOf = (query: URLSearchParams): Filter => {
  const text = (name: string) => (query.get(name) ?? '').trim()
  const durationMs = Number(text('min_ms'))
  return {
    service: text('service'),
    text: text('text').toLowerCase(),
    isFailed: text('failed') === '1',
    isRequest: text('requests') === '1',
    durationMsMin: durationMs > 0 && Number.isFinite(durationMs) ? durationMs : 0,
    traceId: text('trace_id').toLowerCase(),
  }
}

/** The traces that pass a filter, the newest first. */
export const findTraces = (store: TraceStore, filter: Filter): Summary[] =>
  store
    .all()
    .filter((trace) => holds(trace, filter))
    .flatMap((trace) => summaryOf(trace) ?? [])
    .filter((summary) => passes(summary, filter))
    .toSorted((a, b) => b.startMicros - a.startMicros)

const holds = ({ id, spans }: Trace, { text, traceId }: Filter): boolean => {
  if (!id.startsWith(traceId)) return false
  if (text === '') return true
  return spans.some(
    ({ name, attributes }) =>
      name.toLowerCase().includes(text) ||
      Object.values(attributes).some((value) => String(value).toLowerCase().includes(text)),
  )
}

const passes = (
  summary: Summary,
  { service, isFailed, isRequest, durationMsMin }: Filter,
): boolean =>
  (service === '' || summary.services.includes(service)) &&
  (!isFailed || summary.failures > 0) &&
  (!isRequest || summary.isRequest) &&
  summary.durationMicros >= durationMsMin * 1_000
