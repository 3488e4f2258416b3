import {
  type PlacedChannel,
  failure,
  feedSubject,
  feedSubjects,
  signalSubject,
  signalSubjects,
} from '@meshboard/contracts'
import { eventFrame } from './event-frame.ts'
import type { LiveEvent } from './feed-event.ts'
import type { LiveWatcher } from './live-feeds.ts'
import type { SubscriptionParts } from './subscription.ts'

/** One `live` channel on one socket: what comes by now is passed on, and left out while the client is behind. */
export class LiveSubscription implements LiveWatcher {
  readonly channel: string
  readonly #parts: SubscriptionParts
  /** Under which its frames of an event are kept. */
  readonly #frameKey: string
  #leave: (() => void) | undefined
  #isOver = false

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    this.channel = parts.placed.name
    this.#frameKey = `${parts.connection.door.dialect.name} ${this.channel}`
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
    const { connection } = this.#parts
    if (this.#leave === undefined || connection.outbound.isBehind) return
    const shown = { channel: this.channel, skipped: 0 }
    const frame = event.frames.get(this.#frameKey) ?? eventFrame(event, shown, connection)
    if (!frame) return
    event.frames.set(this.#frameKey, frame)
    connection.sendText(frame)
  }

  end(): void {
    this.#isOver = true
    this.#leave?.()
    this.#leave = undefined
  }
}

const subjectOf = ({ service, channel }: PlacedChannel, key: string): string => {
  const { topic, audience, signal } = channel
  if (audience === 'any')
    return signal ? signalSubjects(service, topic) : feedSubjects(service, topic)
  return signal ? signalSubject(service, topic, key) : feedSubject(service, topic, key)
}
