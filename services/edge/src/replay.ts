import { setTimeout as sleep } from 'node:timers/promises'
import { eventSubject, streamName } from '@meshboard/contracts'
import { type FeedEvent, type Gap, type Place, following, toFeedEvent } from './feed-event.ts'
import { NewestEvents } from './newest-events.ts'
import type { StoredReads } from './measured-reads.ts'
import { KeptPages } from './kept-pages.ts'
import type { StreamStates } from './stream-states.ts'
import { Turnstile } from './turnstile.ts'

const PAGE_EVENTS = 128
const READ_MS = 2_000
/** Before each look at a hole: what a replica has not got yet, it has a moment later. */
const LOOKS_AFTER_MS = [0, 50, 200, 500, 750]

/** One topic and key of a service: an exact subject. */
export interface Source {
  readonly service: string
  readonly topic: string
  readonly key: string
  /** A channel that shows it: what measurements and spans call it. */
  readonly channel: string
}

/** What follows a place: first what is gone for good, if anything, then events without a hole. */
export interface Page {
  readonly gap?: Gap
  /** Where the events, or what comes after them, go on. */
  readonly start: Place
  readonly events: readonly FeedEvent[]
}

interface Wanted {
  readonly after: Place
  /** The newest event known to be stored. */
  readonly newest: Place
  /** Whatever is found first counts as the next: nothing was stored when `after` was looked at. */
  readonly anyNext?: boolean
}

export interface ReplayParts {
  broker: StoredReads
  states: StreamStates
  /** Reads at a time; the keys take turns. */
  readsMax: number
  /** Of one read; the event that passes it still comes. */
  readBytesMax: number
  onRead: () => void
}

/**
 * Reads stored events by direct get of one exact subject, and judges holes. Equal reads at a time, or
 * soon after each other, are made once; their number is bounded.
 */
export class Replay {
  readonly #broker: StoredReads
  readonly #states: StreamStates
  readonly #turnstile: Turnstile
  readonly #newest: NewestEvents
  readonly #readBytesMax: number
  readonly #onRead: () => void
  readonly #kept = new KeptPages()
  readonly #reading = new Map<string, Promise<readonly FeedEvent[]>>()

  constructor({ broker, states, readsMax, readBytesMax, onRead }: ReplayParts) {
    this.#broker = broker
    this.#states = states
    this.#turnstile = new Turnstile(readsMax)
    this.#newest = new NewestEvents({ broker, turnstile: this.#turnstile, onRead })
    this.#readBytesMax = readBytesMax
    this.#onRead = onRead
  }

  /** The newest stored event; none when nothing is stored beyond sequence `after`. */
  newest(source: Source, after: number): Promise<FeedEvent | undefined> {
    return this.#newest.find(source, after)
  }

  /** The events after a place, one page. Empty without a gap only when there is nothing newer. */
  async page(source: Source, wanted: Wanted): Promise<Page> {
    const { after } = wanted
    const key = `${this.#states.epochOf(source.service)} ${exactly(source)[1]} ${after.seq} ${after.n}`
    let found: readonly FeedEvent[] = []
    for (const waitMs of LOOKS_AFTER_MS) {
      if (waitMs > 0) await sleep(waitMs)
      const kept = waitMs > 0 ? undefined : this.#kept.get(key)
      found = (kept ?? (await this.read(source, after.seq + 1))).filter(({ n }) => n > after.n)
      const [first] = found
      if (!kept && first?.n === after.n + 1) this.#kept.put(key, found)
      if (first?.n === after.n + 1 || (first && wanted.anyNext)) return pageFrom(first, found)
      if (await this.#isExpired(source, { ...wanted, first })) {
        return gapPage(wanted, found, 'expired')
      }
      // The number of what was before is not known, and nothing since then has gone.
      if (first && after.n === 0) return pageFrom(first, found)
    }
    return gapPage(wanted, found, 'unknown')
  }

  /**
   * The place before the first event for which `passes`, which must stay true from there on. Found
   * by halving: 20 to 30 single reads in a stream of a million, since a stream is read forward only.
   */
  async placeBefore(
    source: Source,
    range: { firstSeq: number; newest: Place; passes: (event: FeedEvent) => boolean },
  ): Promise<Place> {
    let [low, high] = [Math.max(1, range.firstSeq), range.newest.seq + 1]
    let found: FeedEvent | undefined
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const [event] = await this.read(source, middle, 1)
      if (event && !range.passes(event)) {
        low = event.seq + 1
        continue
      }
      high = middle
      found = event ?? found
    }
    return found ? { seq: found.seq - 1, n: found.n - 1 } : range.newest
  }

  /** Stored events from a sequence on, in order. */
  read(source: Source, seq: number, max = PAGE_EVENTS): Promise<readonly FeedEvent[]> {
    const [stream, subject] = exactly(source)
    const key = `${subject} ${seq} ${max}`
    const same = this.#reading.get(key)
    if (same) return same
    const reading = this.#turnstile
      .pass(() => {
        this.#onRead()
        return this.#broker.readStored(stream, subject, {
          seq,
          max,
          bytesMax: this.#readBytesMax,
          deadline: Date.now() + READ_MS,
        })
      }, source.key)
      .then(({ events }) => events.map(toFeedEvent).filter((event) => event !== undefined))
      .finally(() => this.#reading.delete(key))
    this.#reading.set(key, reading)
    return reading
  }

  /** Asked after the read, since a stream's first sequence only grows. */
  async #isExpired(
    source: Source,
    { after, newest, first }: Wanted & { first: FeedEvent | undefined },
  ): Promise<boolean> {
    const state = await this.#states.now(source.service).catch(() => undefined)
    return state !== undefined && state.first_seq > (first ? after.seq + 1 : newest.seq)
  }
}

const exactly = ({ service, topic, key }: Source): [stream: string, subject: string] => [
  streamName(service),
  eventSubject(service, topic, key),
]

const pageFrom = (first: FeedEvent, found: readonly FeedEvent[]): Page => ({
  start: { seq: first.seq - 1, n: first.n - 1 },
  events: following(found, first.n - 1),
})

const gapPage = (
  { after, newest }: Wanted,
  found: readonly FeedEvent[],
  reason: Gap['reason'],
): Page => {
  const [first] = found
  const page = first ? pageFrom(first, found) : { start: newest, events: [] }
  return { ...page, gap: { from: after.n + 1, to: page.start.n, reason } }
}
