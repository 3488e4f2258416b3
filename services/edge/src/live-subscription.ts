import {
  type PlacedChannel,
  failure,
  feedSubject,
  feedSubjects,
  signalSubject,
  signalSubjects,
} from '@meshboard/contracts'
import type { LiveEvent } from './feed-event.ts'
import { Lane } from './lane.ts'
import type { LiveWatcher } from './live-feeds.ts'
import type { SubscriptionParts } from './subscription.ts'

/** One `live` channel on one socket: what comes by now goes into its lane. */
export class LiveSubscription implements LiveWatcher {
  readonly channel: string
  readonly #parts: SubscriptionParts
  readonly #lane: Lane
  #leave: (() => void) | undefined
  #isOver = false

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    this.channel = parts.placed.name
    const { connection, placed, frame } = parts
    this.#lane = new Lane({ connection, placed, filter: frame.filter, onFull: () => undefined })
  }

  /** Whether it is the one that was asked for with that id and has no answer yet. */
  isAskedFor(id: number): boolean {
    return this.#leave === undefined && this.#parts.frame.id === id
  }

  /** Answers the request and lets events flow. Fails with why it cannot be. */
  async start(): Promise<void> {
    const { connection, placed, key, frame } = this.#parts
    const { runtime, deps } = connection
    if (!runtime.broker.connected) throw failure('unavailable', { retryAfterMs: 1_000 })
    const leave = await deps.live.join(subjectOf(placed, key), this.channel, this)
    if (this.#isOver) {
      leave()
      throw failure('conflict', { message: 'The subscription was ended.' })
    }
    this.#leave = leave
    const { channel } = this
    const place = { seq: 0, n: 0, epoch: '', resumed: false, replayed: 0 }
    connection.send({ type: 'subscribed', id: frame.id, channel, ...place })
  }

  event(event: LiveEvent): void {
    if (this.#leave !== undefined) this.#lane.take(event)
  }

  end(): void {
    this.#isOver = true
    this.#leave?.()
    this.#leave = undefined
    this.#lane.clear()
  }
}

const subjectOf = ({ service, channel }: PlacedChannel, key: string): string => {
  const { topic, audience, signal } = channel
  if (audience === 'any')
    return signal ? signalSubjects(service, topic) : feedSubjects(service, topic)
  return signal ? signalSubject(service, topic, key) : feedSubject(service, topic, key)
}
