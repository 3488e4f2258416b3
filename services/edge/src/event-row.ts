import type { FeedEvent, Place } from './feed-event.ts'

const HELD_MAX = 256
const HELD_BYTES_MAX = 1 << 20
const NOWHERE: Place = { seq: 0, n: 0 }

/** What an event is to a row: to be passed on some time, known already, or of another stream. */
export type Verdict = 'taken' | 'known' | 'foreign'

/** Puts the events of one subject into the order of `n`, and knows where one is missing. */
export class EventRow {
  /** The one that comes next, when it is at hand. */
  #next: FeedEvent | undefined
  /** Events beyond a hole, until it is filled. */
  #held: Map<number, FeedEvent> | undefined
  #heldBytes = 0
  #place = NOWHERE
  #newest = NOWHERE

  /** Every event up to here has been given out by `next`, or was there before. */
  get place(): Place {
    return this.#place
  }

  /** The newest event known to be stored. */
  get newest(): Place {
    return this.#newest
  }

  get isWhole(): boolean {
    return this.#newest.n <= this.#place.n
  }

  /** Takes an event in whatever order it comes. What finds no room is remembered as missing. */
  take(event: FeedEvent): Verdict {
    if (event.n <= this.#place.n) return 'known'
    // Sequences go back only in a stream that was made anew.
    if (event.seq <= this.#place.seq) return 'foreign'
    if (event.n === this.#place.n + 1) this.#next ??= event
    else if (this.#hasRoom) this.#hold(event)
    this.know(event)
    return 'taken'
  }

  /** The next event, if it is at hand; from then on the row stands there. */
  next(): FeedEvent | undefined {
    const event = this.#next
    if (event) this.standAt(event)
    return event
  }

  /** Learns that an event is stored, without having it. */
  know({ seq, n }: Place): void {
    if (n > this.#newest.n) this.#newest = { seq, n }
  }

  /** Goes on after `place`, whatever is missing before. */
  standAt({ seq, n }: Place): void {
    this.#place = { seq, n }
    this.know(this.#place)
    if (this.#next?.n !== n + 1) this.#next = undefined
    if (this.#held) this.#letGo(this.#held, n)
  }

  /** Forgets everything: numbers and sequences begin again. */
  startAnew(): void {
    this.#next = undefined
    this.#held = undefined
    this.#heldBytes = 0
    this.#newest = NOWHERE
    this.#place = NOWHERE
  }

  get #hasRoom(): boolean {
    return (this.#held?.size ?? 0) < HELD_MAX && this.#heldBytes < HELD_BYTES_MAX
  }

  #hold(event: FeedEvent): void {
    this.#held ??= new Map()
    if (this.#held.has(event.n)) return
    this.#held.set(event.n, event)
    this.#heldBytes += event.data.length
  }

  /** What is known by now, and what comes next. */
  #letGo(held: Map<number, FeedEvent>, n: number): void {
    this.#next ??= held.get(n + 1)
    for (const event of held.values()) {
      if (event.n > n && event !== this.#next) continue
      held.delete(event.n)
      this.#heldBytes -= event.data.length
    }
    if (held.size === 0) this.#held = undefined
  }
}
