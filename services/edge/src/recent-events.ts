import { type FeedEvent, following } from './feed-event.ts'

const EVENTS_MAX = 256
const BYTES_MAX = 256 * 1024

/**
 * The last events of a feed, kept only while somebody catches up with it, or while it is likely that
 * somebody will.
 */
export class RecentEvents {
  #users = 0
  #isHot = false
  #events: FeedEvent[] = []
  #bytes = 0

  use(): void {
    this.#users += 1
  }

  release(): void {
    this.#users -= 1
    if (this.#users === 0 && !this.#isHot) this.clear()
  }

  /** `isHot`: it is kept although nobody catches up now. */
  add(event: FeedEvent, isHot: boolean): void {
    this.#isHot = isHot
    if (this.#users === 0 && !isHot) return this.clear()
    this.#events.push(event)
    this.#bytes += event.data.length
    while (this.#events.length > EVENTS_MAX || this.#bytes > BYTES_MAX) {
      this.#bytes -= this.#events.shift()?.data.length ?? 0
    }
  }

  /** The events right after number `n`, as far as they are at hand. */
  after(n: number): readonly FeedEvent[] {
    return following(this.#events, n)
  }

  clear(): void {
    if (this.#events.length === 0) return
    this.#events = []
    this.#bytes = 0
  }
}
