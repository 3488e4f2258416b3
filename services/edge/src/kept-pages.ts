import type { FeedEvent } from './feed-event.ts'

/** As long as a herd takes to come back. */
const KEPT_MS = 20_000
const BYTES_MAX = 32 << 20

interface Kept {
  readonly events: readonly FeedEvent[]
  readonly bytes: number
  readonly until: number
}

/**
 * Pages that were read a moment ago: those who watch the same come back together, though not in the
 * same instant. The oldest go first, after twenty seconds, or when all of them hold 32 MiB.
 */
export class KeptPages {
  readonly #pages = new Map<string, Kept>()
  #bytes = 0

  get(key: string): readonly FeedEvent[] | undefined {
    this.#forgetOld()
    return this.#pages.get(key)?.events
  }

  put(key: string, events: readonly FeedEvent[]): void {
    this.#drop(key)
    const bytes = events.reduce((sum, { data }) => sum + data.length, 0)
    this.#pages.set(key, { events, bytes, until: Date.now() + KEPT_MS })
    this.#bytes += bytes
    this.#forgetOld()
  }

  #forgetOld(): void {
    const now = Date.now()
    for (const [key, { until }] of this.#pages) {
      if (until > now && this.#bytes <= BYTES_MAX) return
      this.#drop(key)
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#pages.get(key)?.bytes ?? 0
    this.#pages.delete(key)
  }
}
