import type { ClientFrameOf, PlacedChannel } from '@meshboard/contracts'
import type { Connection } from './connection.ts'
import type { Feed } from './feed.ts'
import type { FeedEvent, Gap, Place } from './feed-event.ts'
import { Lane } from './lane.ts'
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
 * twice. After a gap, and when the socket has fallen too far behind, it does the same again.
 */
export class Follower implements Watcher {
  readonly #parts: FollowerParts
  readonly #lane: Lane
  #isOver = false
  /** Made only when there is something that must be given up at the end. */
  #over: AbortController | undefined

  constructor(parts: FollowerParts) {
    this.#parts = parts
    const { connection, placed, filter } = parts
    this.#lane = new Lane({ connection, placed, filter, onFull: () => void this.#spill() })
  }

  event(event: FeedEvent): void {
    this.#lane.take(event)
  }

  gap(gap: Gap): void {
    this.#lane.clear()
    void this.follow({ gap, start: this.#parts.feed.place, events: [] })
  }

  /**
   * Passes on a page and what comes after it, until it stands where the feed stands. What the broker
   * or a service cannot give now is asked for again for as long as the socket is there.
   */
  async follow({ gap, start, events }: Page): Promise<void> {
    const { feed, onLost } = this.#parts
    const { epoch } = feed
    feed.recent.use()
    try {
      if (gap) await this.#bridge(gap, start)
      else this.#lane.standAt(start)
      this.#passOn(events)
      await this.#catchUp(epoch)
    } catch (error) {
      if (!this.#isOver) onLost(error)
    } finally {
      feed.recent.release()
    }
  }

  end(): void {
    this.#isOver = true
    this.#over?.abort()
    this.#parts.feed.leave(this)
    this.#lane.clear()
  }

  /** Nothing waits here for a client that reads slowly: it goes on from the stream once it has read. */
  async #spill(): Promise<void> {
    const { feed, connection } = this.#parts
    const { spills, lagging } = connection.deps.pressure
    feed.leave(this)
    spills.inc()
    lagging.inc()
    await this.follow({ start: this.#lane.place, events: [] })
    lagging.dec()
  }

  async #catchUp(since: string): Promise<void> {
    const { feed } = this.#parts
    let epoch = since
    while (!this.#isOver && (this.#lane.place.n < feed.place.n || feed.epoch !== epoch)) {
      const isAnew = feed.epoch !== epoch
      epoch = feed.epoch
      const { gap, start } = isAnew ? this.#skip() : await this.#persist(() => this.#readOn())
      if (gap) await this.#bridge(gap, start)
    }
    if (!this.#isOver) feed.join(this)
  }

  /** The stream was made anew. */
  #skip(): Page {
    const { feed } = this.#parts
    const from = this.#lane.place.n + 1
    return skipTo(feed, { from, to: feed.place.n, reason: 'epoch' })
  }

  /** Reads on when there is room, and passes on what finds room, unless a gap comes first. */
  #readOn(): Promise<Page> {
    const { connection, feed } = this.#parts
    return connection.subscriptions.catchingUp.pass(async () => {
      await this.#room()
      const { replay } = connection.deps
      const page = await pageAfter(this.#lane.place, { feed, replay })
      if (!page.gap) this.#passOn(page.events)
      return page
    })
  }

  /** Meanwhile nothing is kept at hand for it. */
  async #room(): Promise<void> {
    const { connection, feed } = this.#parts
    for (let room = connection.outbound.room(); room; room = connection.outbound.room()) {
      feed.recent.release()
      await room
      feed.recent.use()
    }
  }

  #passOn(events: readonly FeedEvent[]): void {
    if (this.#isOver) return
    for (const event of events) if (!this.#lane.pass(event)) return
  }

  /** Tells of a gap and gives what stands for the events in it. */
  async #bridge(gap: Gap, start: Place): Promise<void> {
    const { connection, placed, feed } = this.#parts
    await this.#room()
    const isState = placed.channel.class === 'state'
    this.#lane.standAt(isState ? feed.position : start)
    connection.tellGap(placed.name, isState ? { ...gap, to: feed.place.n } : gap)
    const snapshot = await this.#persist(() => takeSnapshot({ connection, placed, feed }))
    if (snapshot !== undefined) connection.sendText(snapshot)
  }

  #persist<T>(work: () => Promise<T>): Promise<T> {
    this.#over ??= new AbortController()
    return persistUnlessRefused(work, this.#over.signal)
  }
}
