import { type Filter, findTraces } from './filter.ts'
import type { Trace, TraceStore } from './trace-store.ts'
import type { Summary } from './trace-summary.ts'
import { type Row, waterfallOf } from './waterfall.ts'
import { moment } from './words.ts'

const MILLI_MICROS = 1_000

/** What `/api/traces` answers: the traces that pass the filter, the newest first. */
export const listJson = (...[store, filter, tracesMax]: [TraceStore, Filter, number]) => ({
  kept: store.size.traces,
  kept_max: tracesMax,
  bytes: Math.round(store.size.bytes),
  services: [...store.services.keys()],
  traces: findTraces(store, filter).map(summaryJson),
})

const summaryJson = (summary: Summary) => ({
  trace_id: summary.id,
  service: summary.service,
  name: summary.name,
  about: summary.about,
  began_at: moment(summary.startMicros),
  duration_ms: summary.durationMicros / MILLI_MICROS,
  spans: summary.spans,
  services: summary.services,
  failed_spans: summary.failures,
  failure: summary.failure,
})

/** What `/api/traces/<id>` answers: the spans in the order of the page, each with its depth. */
export const traceJson = (trace: Trace) => {
  const { rows, startMicros, durationMicros } = waterfallOf(trace)
  return {
    trace_id: trace.id,
    began_at: moment(startMicros),
    duration_ms: durationMicros / MILLI_MICROS,
    dropped_spans: trace.dropped,
    spans: rows.map(spanJson),
  }
}

const spanJson = ({ span, depth, offsetMicros }: Row) => ({
  span_id: span.spanId,
  parent_id: span.parentId ?? null,
  depth,
  service: span.service,
  name: span.name,
  kind: span.kind,
  offset_ms: offsetMicros / MILLI_MICROS,
  duration_ms: span.durationMicros / MILLI_MICROS,
  failed: span.failed,
  message: span.message,
  attributes: span.attributes,
  events: span.events.map(({ name, atMicros, attributes }) => ({
    ...{ name, attributes },
    offset_ms: (atMicros - span.startMicros + offsetMicros) / MILLI_MICROS,
  })),
  links: span.links.map(({ traceId, spanId, attributes }) => ({
    ...{ trace_id: traceId, span_id: spanId, attributes },
  })),
})
