import { type ClientFrameOf, type PlacedChannel, failure } from '@meshboard/contracts'
import type { Connection } from './connection.ts'
import type { Feed } from './feed.ts'
import { Follower } from './follower.ts'
import type { Page, Source } from './replay.ts'
import { findStart, pageAfter, skipTo } from './resume.ts'
import { takeSnapshot } from './snapshot.ts'

/** What a subscription is made from. */
export interface SubscriptionParts {
  connection: Connection
  placed: PlacedChannel
  key: string
  frame: ClientFrameOf<'subscribe'>
}

/** One channel on one socket: finds where it begins, answers, and has it followed from there. */
export class Subscription {
  readonly channel: string
  readonly #parts: SubscriptionParts
  #feed: Feed | undefined
  #follower: Follower | undefined
  #isOver = false

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    this.channel = parts.placed.name
  }

  /** Whether it is the one that was asked for with that id and has no answer yet. */
  isAskedFor(id: number): boolean {
    return this.#follower === undefined && this.#parts.frame.id === id
  }

  /** Answers the request, then lets events flow. Fails with why it cannot be. */
  async start(): Promise<void> {
    const { runtime, deps } = this.#parts.connection
    if (!runtime.broker.connected) throw failure('unavailable', { retryAfterMs: 1_000 })
    const feed = await deps.hub.take(this.#source())
    const caughtUp = deps.metrics.resumeDuration.startTimer()
    const following = this.#followFrom(feed).finally(() => feed.recent.release())
    await (
      await following
    ).done
    if (!this.#parts.frame.since) return
    feed.plan.soon()
    caughtUp()
  }

  end(): void {
    this.#isOver = true
    this.#follower?.end()
    if (this.#feed) this.#parts.connection.deps.hub.release(this.#feed)
    this.#feed = undefined
  }

  /** Settles once it follows; `done` when it stands where the feed stands. */
  async #followFrom(feed: Feed): Promise<{ done: Promise<void> }> {
    if (this.#isOver) this.#parts.connection.deps.hub.release(feed)
    else this.#feed = feed
    this.#throwIfOver()
    const { follower, page } = await this.#begin(feed)
    return { done: follower.follow(page) }
  }

  /** Whose events it shows: a feed for all its watchers. */
  #source(): Source {
    const { placed, key } = this.#parts
    const { service, name, channel } = placed
    return { service, topic: channel.topic, key, channel: name }
  }

  #throwIfOver(): void {
    if (this.#isOver) throw failure('conflict', { message: 'The subscription was ended.' })
  }

  /** Finds the start and says so; gives who goes on from there, with the page already read. */
  async #begin(feed: Feed): Promise<{ follower: Follower; page: Page }> {
    const { connection, placed, frame } = this.#parts
    const { epoch } = feed
    const { gap, ...page } = await this.#firstPage(feed)
    const isBase = gap !== undefined || (placed.channel.class === 'state' && !frame.since)
    if (isBase) await connection.outbound.room()
    const snapshot = isBase ? await takeSnapshot({ connection, placed, feed }) : undefined
    this.#throwIfOver()
    if (feed.epoch !== epoch) throw failure('unavailable', { retryAfterMs: 100 })
    const follower = this.#makeFollower(feed)
    const newest = frame.since && feed.place.n > page.start.n ? feed.place : page.start
    connection.send({
      type: 'subscribed',
      id: frame.id,
      channel: this.channel,
      seq: newest.seq,
      n: newest.n,
      epoch,
      resumed: frame.since !== undefined && 'seq' in frame.since && !gap,
      replayed: newest.n - page.start.n,
    })
    if (frame.since) connection.deps.metrics.resumes.inc({ outcome: gap ? 'gap' : 'whole' })
    if (gap) connection.tellGap(this.channel, gap)
    if (snapshot !== undefined) connection.sendText(snapshot)
    return { follower, page }
  }

  /** A `state` channel needs nothing older than its snapshot: after a gap it goes on at the end. */
  async #firstPage(feed: Feed): Promise<Page> {
    const { connection, placed, frame } = this.#parts
    const { replay, states } = connection.deps
    const eventsMax = connection.runtime.config.replayEventsMax
    const start = await findStart(frame.since, { feed, replay, states, eventsMax })
    const page: Page = start.gap
      ? { start: start.place, gap: start.gap, events: [] }
      : await pageAfter(start.place, { feed, replay })
    return page.gap && placed.channel.class === 'state' ? skipTo(feed, page.gap) : page
  }

  #makeFollower(feed: Feed): Follower {
    const { connection, placed, frame } = this.#parts
    this.#follower = new Follower({
      connection,
      placed,
      feed,
      filter: frame.filter,
      onLost: (error) => {
        connection.runtime.log.warn({ err: error, channel: this.channel }, 'subscription lost')
        connection.subscriptions.lose(this, 'unavailable')
      },
    })
    return this.#follower
  }
}
