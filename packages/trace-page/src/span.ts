/** What an attribute holds: OTLP's values as JSON has them. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [key: string]: Value }

/** What is said of a span, an event or a link. */
export type Attributes = Readonly<Record<string, Value>>

/** What a span does. */
export const KINDS = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
] as const

/** One span as it came. */
export interface Span {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  readonly parentId: string | undefined
  /** The process it comes from. */
  readonly service: string
  readonly name: string
  readonly kind: (typeof KINDS)[number]
  /** Microseconds since 1970. */
  readonly startMicros: number
  readonly durationMicros: number
  readonly failed: boolean
  /** What its status says besides; often empty. */
  readonly message: string
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
}

/** Something that happened within a span. */
export interface SpanEvent {
  readonly name: string
  /** Microseconds since 1970. */
  readonly atMicros: number
  readonly attributes: Attributes
}

/** Another span that has to do with it, mostly of another trace. */
export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}
