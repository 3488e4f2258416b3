import type { TracePageConfig } from './config.ts'
import type { Span } from './span.ts'

/** One trace, as far as it has come and been kept. */
export interface Trace {
  readonly id: string
  readonly spans: readonly Span[]
  /** Spans that came when there was no place for them any more. */
  readonly dropped: number
}

interface Kept extends Trace {
  readonly spans: Span[]
  readonly seen: Set<string>
  dropped: number
  bytes: number
}

type Limits = Pick<TracePageConfig, 'tracesMax' | 'bytesMax' | 'spansMax'>

/** The last traces, in memory and within limits; the one that was quiet the longest goes first. */
export class TraceStore {
  readonly #limits: Limits
  /** In the order of their last span. */
  readonly #traces = new Map<string, Kept>()
  readonly #services = new Map<string, number>()
  #bytes = 0
  /** Not one that an earlier process has had. */
  #version = Date.now()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Changes with each delivery. */
  get version(): number {
    return this.#version
  }

  /** How many traces are kept, and how large they are together, bytes as they came. */
  get size(): { traces: number; bytes: number } {
    return { traces: this.#traces.size, bytes: this.#bytes }
  }

  /** The services whose spans have come, each with its number in the order of their first. */
  get services(): ReadonlyMap<string, number> {
    return this.#services
  }

  /** Keeps the spans of a delivery of so many bytes. A span that comes twice is kept once. */
  add(spans: readonly Span[], bytes: number): void {
    for (const span of spans) this.#addOne(span, bytes / spans.length)
    while (this.#traces.size > this.#limits.tracesMax) this.#dropOldest()
    this.#version += 1
  }

  get(id: string): Trace | undefined {
    return this.#traces.get(id)
  }

  /** Every trace that is kept, the one with the latest span first. */
  all(): Trace[] {
    return [...this.#traces.values()].toReversed()
  }

  #addOne(span: Span, bytes: number): void {
    if (!this.#services.has(span.service)) this.#services.set(span.service, this.#services.size)
    const trace = this.#take(span.traceId)
    if (trace.seen.has(span.spanId)) return
    const { spansMax, bytesMax } = this.#limits
    if (trace.spans.length >= spansMax || trace.bytes + bytes > bytesMax) {
      trace.dropped += 1
      if (trace.spans.length === 0) this.#traces.delete(trace.id)
      return
    }
    trace.seen.add(span.spanId)
    trace.spans.push(span)
    trace.bytes += bytes
    this.#bytes += bytes
    while (this.#bytes > bytesMax) this.#dropOldest()
  }

  /** The trace of that id, as the latest of all. */
  #take(id: string): Kept {
    const trace = this.#traces.get(id) ?? { id, spans: [], seen: new Set(), dropped: 0, bytes: 0 }
    this.#traces.delete(id)
    this.#traces.set(id, trace)
    return trace
  }

  #dropOldest(): void {
    const [oldest] = this.#traces.values()
    if (!oldest) return
    this.#traces.delete(oldest.id)
    this.#bytes -= oldest.bytes
  }
}
