import {
  type Attributes,
  KINDS,
  type Span,
  type SpanEvent,
  type SpanLink,
  type Value,
} from './span.ts'

/** What a delivery holds. */
export interface Delivered {
  readonly spans: readonly Span[]
  /** Entries that are no spans: without ids, or with times that are none. */
  readonly rejected: number
}

type Fields = Readonly<Record<string, unknown>>

const STATUS_ERROR = 2

/**
 * The spans of an `ExportTraceServiceRequest` in JSON (OTLP 1): ids in hex, times in nanoseconds since
 * 1970. Whatever else is not as it should be counts as absent.
 */
export const spansIn = (request: unknown): Delivered => {
  const found = listOf(request, 'resourceSpans').flatMap((resourceSpans) => {
    const resource = attributesOf(fieldsOf(fieldsOf(resourceSpans)['resource'])['attributes'])
    const service = textOf(resource['service.name']) || 'unknown'
    return listOf(resourceSpans, 'scopeSpans').flatMap((scopeSpans) =>
      listOf(scopeSpans, 'spans').map((span) => spanOf(service, fieldsOf(span))),
    )
  })
  const spans = found.filter((span) => span !== undefined)
  return { spans, rejected: found.length - spans.length }
}

const spanOf = (service: string, span: Fields): Span | undefined => {
  const traceId = idOf(span['traceId'], 32)
  const spanId = idOf(span['spanId'], 16)
  const startMicros = microsOf(span['startTimeUnixNano'])
  const endMicros = microsOf(span['endTimeUnixNano'])
  if (!traceId || !spanId || startMicros === undefined || endMicros === undefined) return undefined
  const status = fieldsOf(span['status'])
  return {
    ...{ traceId, spanId, service, startMicros },
    parentId: idOf(span['parentSpanId'], 16),
    name: textOf(span['name']) || 'unnamed',
    kind: KINDS[Number(span['kind'])] ?? 'unspecified',
    durationMicros: Math.max(0, endMicros - startMicros),
    failed: status['code'] === STATUS_ERROR,
    message: textOf(status['message']),
    attributes: attributesOf(span['attributes']),
    events: listOf(span, 'events').map((event) => eventOf(fieldsOf(event))),
    links: listOf(span, 'links').flatMap((link) => linkOf(fieldsOf(link))),
  }
}

const eventOf = (event: Fields): SpanEvent => ({
  name: textOf(event['name']) || 'unnamed',
  atMicros: microsOf(event['timeUnixNano']) ?? 0,
  attributes: attributesOf(event['attributes']),
})

const linkOf = (link: Fields): SpanLink[] => {
  const traceId = idOf(link['traceId'], 32)
  const spanId = idOf(link['spanId'], 16)
  if (!traceId || !spanId) return []
  return [{ traceId, spanId, attributes: attributesOf(link['attributes']) }]
}

const attributesOf = (list: unknown): Attributes =>
  Object.fromEntries(
    (Array.isArray(list) ? list : []).map((attribute: unknown) => {
      const { key, value } = fieldsOf(attribute)
      return [textOf(key), valueOf(value)]
    }),
  )

/** OTLP's `AnyValue`; a whole number beyond what a double holds stays a text. */
const valueOf = (any: unknown): Value => {
  const [[kind, value] = []] = Object.entries(fieldsOf(any))
  if (kind === 'arrayValue') return listOf(value, 'values').map(valueOf)
  if (kind === 'kvlistValue') return attributesOf(fieldsOf(value)['values'])
  if (kind === 'intValue')
    return Number.isSafeInteger(Number(value)) ? Number(value) : textOf(value)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null
}

const idOf = (id: unknown, digits: number): string | undefined => {
  const text = textOf(id).toLowerCase()
  return text.length === digits && /^[0-9a-f]+$/.test(text) && /[^0]/.test(text) ? text : undefined
}

const microsOf = (nanos: unknown): number | undefined => {
  if (typeof nanos === 'number') return nanos / 1_000
  return typeof nanos === 'string' && /^\d{1,19}$/.test(nanos)
    ? Number(BigInt(nanos) / 1_000n)
    : undefined
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

const listOf = (value: unknown, name: string): readonly unknown[] => {
  const list = fieldsOf(value)[name]
  return Array.isArray(list) ? list : []
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
