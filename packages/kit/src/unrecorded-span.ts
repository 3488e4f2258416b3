import {
  type Attributes,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api'
import type { SpanSpec } from './telemetry.ts'
import { newSpanId, newTraceId } from './trace-ids.ts'

/** What is left of a span that failed in a trace that is not recorded. */
export interface FailedSpan {
  readonly name: string
  readonly kind: SpanKind
  readonly context: SpanContext
  /** The span above it, which may not have failed. */
  readonly above: SpanContext | undefined
  readonly attributes: Attributes
  readonly status: SpanStatus
  /** On the clock of `performance`, milliseconds. */
  readonly startedAt: number
}

/** Says what is to be kept of a span; not asked for one that ends well. */
export type Describe = SpanSpec | (() => Omit<SpanSpec, 'parent'>)

/**
 * A span of a trace that is not recorded. It costs two numbers, and an id when somebody asks for it;
 * one that has an `error.type`, or the status of an error, is kept when it ends.
 */
export class UnrecordedSpan implements Span, SpanContext {
  readonly traceId: string
  readonly traceFlags = TraceFlags.NONE
  readonly #keep: (failed: FailedSpan) => void
  readonly #describe: Describe
  readonly #above: SpanContext | undefined
  readonly #startedAt = performance.now()
  #id: string | undefined
  #attributes: Attributes | undefined
  #status: SpanStatus | undefined
  #name: string | undefined
  #isEnded = false

  constructor(
    ...[keep, describe, above]: [(failed: FailedSpan) => void, Describe, SpanContext | undefined]
  ) {
    this.#keep = keep
    this.#describe = describe
    this.#above = above
    this.traceId = above?.traceId ?? newTraceId()
  }

  get spanId(): string {
    return (this.#id ??= newSpanId())
  }

  /** It is its own: a second object would be made for each call, and few are looked at. */
  spanContext(): SpanContext {
    return this
  }

  /** A span below it. */
  child(describe: Describe): UnrecordedSpan {
    return new UnrecordedSpan(this.#keep, describe, this)
  }

  isRecording(): boolean {
    return false
  }

  setAttribute(...[key, value]: Parameters<Span['setAttribute']>): this {
    this.#attributes ??= {}
    this.#attributes[key] = value
    return this
  }

  setAttributes(attributes: Attributes): this {
    this.#attributes = { ...this.#attributes, ...attributes }
    return this
  }

  setStatus(status: SpanStatus): this {
    this.#status = status
    return this
  }

  updateName(name: string): this {
    this.#name = name
    return this
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const hasFailed = this.#status?.code === SpanStatusCode.ERROR
    if (!hasFailed && this.#attributes?.['error.type'] === undefined) return
    const spec = typeof this.#describe === 'function' ? this.#describe() : this.#describe
    this.#keep({
      name: this.#name ?? spec.name,
      kind: spec.kind,
      context: { traceId: this.traceId, spanId: this.spanId, traceFlags: TraceFlags.SAMPLED },
      above: this.#above,
      attributes: { ...spec.attributes, ...this.#attributes },
      status: this.#status ?? { code: SpanStatusCode.UNSET },
      startedAt: this.#startedAt,
    })
  }

  // A failed span is kept without events and links.

  addEvent(): this {
    return this
  }

  addLink(): this {
    return this
  }

  addLinks(): this {
    return this
  }

  recordException(): void {}
}
