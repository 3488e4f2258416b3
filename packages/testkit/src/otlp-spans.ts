/** What a span does, as OTLP numbers it. */
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const

/** One span, as a test looks at it. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  /** The process it comes from. */
  readonly service: string
  readonly name: string
  readonly kind: (typeof KINDS)[number]
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A span with those that hang below it. */
export interface SpanNode extends ReceivedSpan {
  readonly children: SpanNode[]
}

interface Attribute {
  key: string
  value: Record<string, unknown>
}

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes?: Attribute[]
  status?: { code?: number }
}

interface OtlpTraces {
  resourceSpans?: {
    resource: { attributes: Attribute[] }
    scopeSpans: { spans: OtlpSpan[] }[]
  }[]
}

const STATUS_ERROR = 2

/** The spans of an `ExportTraceServiceRequest`. */
export const spansOf = ({ resourceSpans = [] }: OtlpTraces): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(toRecord(resource.attributes)['service.name'])
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => toSpan(service, span)))
  })

const toSpan = (service: string, span: OtlpSpan): ReceivedSpan => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentId: span.parentSpanId || undefined,
  service,
  name: span.name,
  kind: KINDS[span.kind] ?? 'unspecified',
  failed: span.status?.code === STATUS_ERROR,
  attributes: toRecord(span.attributes ?? []),
})

const toRecord = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** The spans of one trace as trees. */
export const toTree = (spans: readonly ReceivedSpan[]): SpanNode[] => {
  const nodes = new Map(spans.map((span) => [span.spanId, { ...span, children: [] as SpanNode[] }]))
  const roots: SpanNode[] = []
  for (const node of nodes.values()) (nodes.get(node.parentId ?? '')?.children ?? roots).push(node)
  return roots
}

/**
 * Each span of a tree as the way to it from the root, `edge ws call > network UPDATE connections`:
 * what a test can look for, whatever else the trace holds.
 */
export const pathsOf = (nodes: readonly SpanNode[], above = ''): string[] =>
  nodes.flatMap((node) => {
    const path = `${above}${node.service} ${node.name}`
    return [path, ...pathsOf(node.children, `${path} > `)]
  })
