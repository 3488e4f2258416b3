import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientFrameOf } from '@meshboard/contracts'
import type { Feed } from './feed.ts'
import type { Gap, Place } from './feed-event.ts'
import type { Page, Replay } from './replay.ts'
import type { StreamStates } from './stream-states.ts'

type Since = NonNullable<ClientFrameOf<'subscribe'>['since']>
type Position = Extract<Since, { seq: number }>

/** Where a subscription begins: after `place`, and after what `gap` says is not to be had. */
export interface Start {
  readonly place: Place
  readonly gap?: Gap
}

export interface Finding {
  feed: Feed
  replay: Replay
  states: StreamStates
  eventsMax: number
}

const LAGGING_MS = [50, 200, 250]

/** Finds the start a client asks for; without a wish it is the newest event. */
export const findStart = async (since: Since | undefined, finding: Finding): Promise<Start> => {
  if (!since) return { place: finding.feed.position }
  const start: Start =
    'seq' in since ? await afterPosition(since, finding) : { place: await placeOf(since, finding) }
  const { feed, eventsMax } = finding
  const behind = feed.place.n - start.place.n
  return start.gap || behind <= eventsMax ? start : goneTo(feed, start.place.n, 'too_far')
}

/** By halving, since a stream is read forward only: a bounded number of reads of one event each. */
const placeOf = async (
  since: Exclude<Since, Position>,
  { feed, replay, states }: Finding,
): Promise<Place> => {
  const { place: newest, source } = feed
  if (newest.n === 0) return feed.position
  const { first_seq: firstSeq } = await states.recent(source.service)
  if ('last' in since) {
    const oldest = newest.n - since.last
    return replay.placeBefore(source, { firstSeq, newest, passes: ({ n }) => n > oldest })
  }
  const from = Date.parse(since.time)
  const isLater = (stored: string | undefined) => Date.parse(stored ?? '') >= from
  return replay.placeBefore(source, {
    firstSeq,
    newest,
    passes: ({ headers }) => isLater(headers['nats-time-stamp']),
  })
}

/** What follows a place, at hand or from the stream; nothing when that is where the feed stands. */
export const pageAfter = async (
  after: Place,
  { feed, replay }: Pick<Finding, 'feed' | 'replay'>,
): Promise<Page> => {
  if (feed.place.n <= after.n) return { start: after, events: [] }
  const events = feed.recent.after(after.n)
  if (events.length > 0) return { start: after, events }
  return replay.page(feed.source, { after, newest: feed.place })
}

/** A gap up to where the feed stands. */
export const skipTo = (feed: Feed, gap: Gap): Page => ({
  start: feed.position,
  gap: { ...gap, to: feed.place.n },
  events: [],
})

const afterPosition = async (since: Position, finding: Finding): Promise<Start> => {
  const { feed } = finding
  if (since.epoch !== feed.epoch) return goneTo(feed, since.n, 'epoch')
  if (since.n > feed.place.n) await catchUpWith(feed, since)
  if (since.n <= feed.place.n) return { place: since }
  return beyondTheEnd(since, finding)
}

/** The client saw more than the feed: the replica that was asked lags, or the client is mistaken. */
const catchUpWith = async (feed: Feed, since: Position): Promise<void> => {
  for (const waitMs of LAGGING_MS) {
    await sleep(waitMs)
    await feed.check()
    if (since.n <= feed.place.n) return
  }
}

/** Nothing of the channel is stored any more: it has all expired, either before `since` or after. */
const beyondTheEnd = async (since: Position, { feed, states }: Finding): Promise<Start> => {
  if (feed.place.n > 0) return goneTo(feed, feed.place.n, 'unknown')
  const { first_seq: firstSeq } = await states.recent(feed.source.service)
  if (firstSeq <= since.seq + 1) return { place: since }
  return { place: since, gap: { from: since.n + 1, to: since.n + 1, reason: 'expired' } }
}

const goneTo = (feed: Feed, n: number, reason: Gap['reason']): Start => ({
  place: feed.position,
  gap: { from: n + 1, to: Math.max(n, feed.place.n), reason },
})
