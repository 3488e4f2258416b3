import {
  type ClientFrameOf,
  type PlacedChannel,
  type ServerFrameOf,
  failure,
  filterHeader,
} from '@meshboard/contracts'
import { persist } from '@meshboard/kit'
import type { Connection } from './connection.ts'
import type { Shown } from './doors/door.ts'
import type { Feed, Watcher } from './feed.ts'
import type { FeedEvent, Gap, Place } from './feed-event.ts'
import type { Page, Source } from './replay.ts'
import { findStart } from './resume.ts'

const SNAPSHOT_RETRY = { firstMs: 200, maxMs: 2_000 }
const SNAPSHOT_MS = 10_000

interface SubscriptionParts {
  connection: Connection
  placed: PlacedChannel
  key: string
  frame: ClientFrameOf<'subscribe'>
}

/**
 * One channel on one socket: finds its start, catches up from the stream until it stands where the
 * feed stands, and joins it in that same instant. So nothing is lost between past and present, and
 * nothing comes twice. After a gap it does the same again.
 */
export class Subscription implements Watcher {
  readonly channel: string
  readonly #parts: SubscriptionParts
  readonly #source: Source
  readonly #filter: readonly (readonly [header: string, value: string])[]
  readonly #over = new AbortController()
  #feed: Feed | undefined
  #isAsking = true
  #place: Place = { seq: 0, n: 0 }
  #skipped = 0

  constructor(parts: SubscriptionParts) {
    const { placed, key, frame } = parts
    this.#parts = parts
    this.channel = placed.name
    this.#source = {
      service: placed.service,
      topic: placed.channel.topic,
      key,
      channel: placed.name,
    }
    this.#filter = Object.entries(frame.filter ?? {}).map(([name, value]) => [
      filterHeader(name).toLowerCase(),
      value,
    ])
  }

  isAskedFor(id: number): boolean {
    return this.#isAsking && this.#parts.frame.id === id
  }

  /** Answers the request, then lets events flow. Fails with why it cannot. */
  async start(): Promise<void> {
    const { runtime, deps } = this.#parts.connection
    if (!runtime.broker.connected) throw failure('unavailable', { retryAfterMs: 1_000 })
    const feed = await deps.hub.take(this.#source)
    if (this.#isOver) deps.hub.release(feed)
    else this.#feed = feed
    this.#throwIfOver()
    feed.recent.use()
    try {
      const first = await this.#begin(feed)
      for (const event of first) await this.#deliverPaced(event)
      await this.#catchUp(feed)
      if (this.#parts.frame.since) feed.plan.soon()
    } finally {
      feed.recent.release()
    }
  }

  event(event: FeedEvent): void {
    if (event.n <= this.#place.n) return
    this.#place = { seq: event.seq, n: event.n }
    if (!this.#filter.every(([header, value]) => event.headers[header] === value)) {
      this.#skipped += 1
      return
    }
    const shown = { channel: this.channel, skipped: this.#skipped }
    this.#skipped = 0
    const { connection } = this.#parts
    const text = frameOf(event, shown, connection)
    if (text) connection.sendText(text)
  }

  gap(gap: Gap): void {
    const feed = this.#feed
    if (!feed || this.#isOver) return
    const start = feed.place
    feed.recent.use()
    this.#bridge(feed, { gap, start, events: [] })
      .then(() => this.#catchUp(feed))
      .catch((error: unknown) => {
        if (this.#isOver) return
        this.#parts.connection.runtime.log.warn(
          { err: error, channel: this.channel },
          'channel lost',
        )
        this.#parts.connection.subscriptions.lose(this, 'unavailable')
      })
      .finally(() => feed.recent.release())
  }

  end(): void {
    this.#over.abort()
    this.#feed?.leave(this)
    if (this.#feed) this.#parts.connection.deps.hub.release(this.#feed)
    this.#feed = undefined
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted
  }

  #throwIfOver(): void {
    if (this.#isOver) throw failure('conflict', { message: 'The subscription was ended.' })
  }

  /** Finds the start and says so; gives the events already read on the way. */
  async #begin(feed: Feed): Promise<readonly FeedEvent[]> {
    const { connection, frame } = this.#parts
    const { epoch } = feed
    const page = await this.#firstPage(feed)
    const { gap, start, events } = this.#isState && page.gap ? skipTo(feed, page.gap) : page
    const isBase = gap !== undefined || (this.#isState && !frame.since)
    const snapshot = isBase ? await this.#snapshot(feed) : undefined
    this.#throwIfOver()
    if (feed.epoch !== epoch) throw failure('unavailable', { retryAfterMs: 100 })
    this.#place = start
    this.#isAsking = false
    const newest = frame.since && feed.place.n > start.n ? feed.place : start
    connection.send({
      type: 'subscribed',
      id: frame.id,
      channel: this.channel,
      seq: newest.seq,
      n: newest.n,
      epoch,
      resumed: frame.since !== undefined && 'seq' in frame.since && !gap,
      replayed: newest.n - start.n,
    })
    if (gap) this.#tellGap(gap)
    if (snapshot) connection.sendBounded(snapshot)
    return events
  }

  async #firstPage(feed: Feed): Promise<Page> {
    const { connection, frame } = this.#parts
    const { replay, states } = connection.deps
    const eventsMax = connection.runtime.config.replayEventsMax
    const { place, gap } = await findStart(frame.since, { feed, replay, states, eventsMax })
    if (gap) return { start: place, gap, events: [] }
    return this.#pageAfter(feed, place)
  }

  async #pageAfter(feed: Feed, after: Place): Promise<Page> {
    if (feed.place.n <= after.n) return { start: after, events: [] }
    const recent = feed.recent.after(after.n)
    if (recent.length > 0) return { start: after, events: recent }
    return this.#parts.connection.deps.replay.page(this.#source, { after, newest: feed.place })
  }

  async #catchUp(feed: Feed): Promise<void> {
    let { epoch } = feed
    while (!this.#isOver && (this.#place.n < feed.place.n || feed.epoch !== epoch)) {
      const isAnew = feed.epoch !== epoch
      epoch = feed.epoch
      const page = isAnew
        ? skipTo(feed, { from: this.#place.n + 1, to: feed.place.n, reason: 'epoch' })
        : await this.#pageAfter(feed, this.#place)
      if (page.gap) await this.#bridge(feed, page)
      for (const event of page.events) await this.#deliverPaced(event)
    }
    if (!this.#isOver) feed.join(this)
  }

  /** Tells of a gap and gives what stands for the events in it. */
  async #bridge(feed: Feed, page: Page): Promise<void> {
    const { gap, start } = this.#isState && page.gap ? skipTo(feed, page.gap) : page
    if (!gap || this.#isOver) return
    this.#place = start
    this.#tellGap(gap)
    const snapshot = await persist(() => this.#snapshot(feed), {
      backoff: SNAPSHOT_RETRY,
      signal: AbortSignal.any([this.#over.signal, AbortSignal.timeout(SNAPSHOT_MS)]),
      onFault: () => {},
    })
    if (snapshot && !this.#isOver) this.#parts.connection.sendBounded(snapshot)
  }

  #tellGap(gap: Gap): void {
    this.#parts.connection.deps.metrics.gaps.inc({ reason: gap.reason })
    this.#parts.connection.send({ type: 'gap', channel: this.channel, ...gap })
  }

  /** The channel as a whole, asked after its position, so that it holds every event up to there. */
  async #snapshot(feed: Feed): Promise<ServerFrameOf<'snapshot'> | undefined> {
    const { connection, placed } = this.#parts
    const procedure = placed.channel.snapshot
    if (!procedure) return undefined
    const { seq } = feed.position
    const { token } = connection.login.required
    const data = await connection.runtime.rpc.call(procedure, {}, { token })
    return { type: 'snapshot', channel: this.channel, seq, data, more: false }
  }

  /** Waits for a client that reads slowly: what it has not taken yet stays in the stream. */
  async #deliverPaced(event: FeedEvent): Promise<void> {
    const room = this.#parts.connection.outbound.room()
    if (room) await room
    if (!this.#isOver) this.event(event)
  }

  get #isState(): boolean {
    return this.#parts.placed.channel.class === 'state'
  }
}

/** The frame, made once for all sockets that get the same. One over the limit is a gap of one. */
const frameOf = (event: FeedEvent, shown: Shown, { door, runtime }: Connection) => {
  const { dialect } = door
  const key = `${dialect.name} ${shown.channel}`
  const made = shown.skipped === 0 ? event.frames.get(key) : undefined
  if (made) return made
  const frame = dialect.encodeEvent(event, shown)
  const isLarge = frame && frame.length > runtime.config.frameOutBytesMax
  const { channel } = shown
  const sent = isLarge
    ? dialect.encode({ type: 'gap', channel, from: event.n, to: event.n, reason: 'unknown' })
    : frame
  const bytes = typeof sent === 'string' ? Buffer.from(sent) : sent
  if (bytes && shown.skipped === 0) event.frames.set(key, bytes)
  return bytes
}

/** A `state` channel needs nothing older than its snapshot: it goes on where the feed stands. */
const skipTo = (feed: Feed, gap: Gap): Page => ({
  start: feed.position,
  gap: { ...gap, to: feed.place.n },
  events: [],
})
