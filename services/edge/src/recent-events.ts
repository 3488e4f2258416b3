import { type FeedEvent, following } from './feed-event.ts'

const KEPT_MAX = 256

/** The last events of a feed, kept only while somebody catches up with it. */
export class RecentEvents {
  #users = 0
  #events: FeedEvent[] = []

  use(): void {
    this.#users += 1
  }

  release(): void {
    this.#users -= 1
    if (this.#users === 0) this.clear()
  }

  add(event: FeedEvent): void {
    if (this.#users === 0) return
    this.#events.push(event)
    if (this.#events.length > KEPT_MAX) this.#events.shift()
  }

  /** The events right after number `n`, as far as they are at hand. */
  after(n: number): readonly FeedEvent[] {
    return following(this.#events, n)
  }

  clear(): void {
    this.#events = []
  }
}
