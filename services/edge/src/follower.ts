import { type ClientFrameOf, type PlacedChannel, filterHeader } from '@meshboard/contracts'
import type { Connection } from './connection.ts'
import { eventFrame } from './event-frame.ts'
import type { Feed } from './feed.ts'
import type { FeedEvent, Gap, Place } from './feed-event.ts'
import type { Page } from './replay.ts'
import { pageAfter, skipTo } from './resume.ts'
import { persistUnlessRefused, takeSnapshot } from './snapshot.ts'
import type { Watcher } from './watcher.ts'

export interface FollowerParts {
  connection: Connection
  placed: PlacedChannel
  feed: Feed
  filter: ClientFrameOf<'subscribe'>['filter']
  /** It cannot be kept whole any longer. */
  onLost: (error: unknown) => void
}

/**
 * Passes a feed on to one socket: catches up from the stream until it stands where the feed stands,
 * and joins it in that same instant. So nothing is lost between past and present, and nothing comes
 * twice. After a gap it does the same again.
 */
export class Follower implements Watcher {
  readonly #parts: FollowerParts
  readonly #filter: readonly (readonly [header: string, value: string])[]
  /** Under which its frames of an event are kept. */
  readonly #frameKey: string
  readonly #over = new AbortController()
  #place: Place = { seq: 0, n: 0 }
  #skipped = 0

  constructor(parts: FollowerParts) {
    this.#parts = parts
    this.#frameKey = `${parts.connection.door.dialect.name} ${parts.placed.name}`
    this.#filter = Object.entries(parts.filter ?? {}).map(([name, value]) => [
      filterHeader(name).toLowerCase(),
      value,
    ])
  }

  event(event: FeedEvent): void {
    if (event.n <= this.#place.n) return
    this.#place = { seq: event.seq, n: event.n }
    if (this.#filter.length > 0 && !this.#passes(event)) {
      this.#skipped += 1
      return
    }
    const { connection, placed } = this.#parts
    const made = this.#skipped === 0 ? event.frames.get(this.#frameKey) : undefined
    const shown = { channel: placed.name, skipped: this.#skipped }
    const frame = made ?? eventFrame(event, shown, connection)
    if (frame && this.#skipped === 0) event.frames.set(this.#frameKey, frame)
    this.#skipped = 0
    if (frame) connection.sendText(frame)
  }

  gap(gap: Gap): void {
    void this.follow({ gap, start: this.#parts.feed.place, events: [] })
  }

  /**
   * Passes on a page and what comes after it, until it stands where the feed stands. What the broker
   * or a service cannot give now is asked for again for as long as the socket is there.
   */
  async follow(page: Page): Promise<void> {
    const { feed, onLost } = this.#parts
    feed.recent.use()
    try {
      this.#place = page.gap ? this.#place : page.start
      await this.#passOn(page)
      await this.#catchUp()
    } catch (error) {
      if (!this.#isOver) onLost(error)
    } finally {
      feed.recent.release()
    }
  }

  end(): void {
    this.#over.abort()
    this.#parts.feed.leave(this)
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted
  }

  async #catchUp(): Promise<void> {
    const { feed } = this.#parts
    let { epoch } = feed
    while (!this.#isOver && (this.#place.n < feed.place.n || feed.epoch !== epoch)) {
      const isAnew = feed.epoch !== epoch
      epoch = feed.epoch
      const page = isAnew
        ? skipTo(feed, { from: this.#place.n + 1, to: feed.place.n, reason: 'epoch' })
        : await this.#persist(() => this.#nextPage())
      await this.#passOn(page)
    }
    if (!this.#isOver) feed.join(this)
  }

  #nextPage(): Promise<Page> {
    const { feed, connection } = this.#parts
    return pageAfter(this.#place, { feed, replay: connection.deps.replay })
  }

  async #passOn({ gap, start, events }: Page): Promise<void> {
    if (gap) await this.#bridge(gap, start)
    for (const event of events) {
      const room = this.#parts.connection.outbound.room()
      if (room) await room
      if (this.#isOver) return
      this.event(event)
    }
  }

  /** Tells of a gap and gives what stands for the events in it. */
  async #bridge(gap: Gap, start: Place): Promise<void> {
    const { connection, placed, feed } = this.#parts
    const isState = placed.channel.class === 'state'
    this.#place = isState ? feed.position : start
    connection.tellGap(placed.name, isState ? { ...gap, to: feed.place.n } : gap)
    const snapshot = await this.#persist(() => takeSnapshot({ connection, placed, feed }))
    if (snapshot !== undefined) connection.sendText(snapshot)
  }

  #persist<T>(work: () => Promise<T>): Promise<T> {
    return persistUnlessRefused(work, this.#over.signal)
  }

  #passes({ headers }: FeedEvent): boolean {
    return this.#filter.every(([header, value]) => headers[header] === value)
  }
}
