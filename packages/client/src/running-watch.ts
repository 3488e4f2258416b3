import type { ChannelName, Failure, ServerFrameOf } from '@meshboard/contracts/client'
import { EventBuffer } from './event-buffer.ts'
import { callListener } from './events.ts'
import { failureOf } from './failure-of.ts'
import type { ChannelEvent, Position, SnapshotOf } from './mesh-types.ts'
import { Subscription, type SubscriptionPort } from './subscription.ts'
import type { Gap, Watch, WatchOptions } from './watch.ts'

/** What a watch needs of its client. */
export interface WatchPort extends SubscriptionPort {
  readonly eventsBufferedMax: number
  gap(gap: Gap): void
  /** The watch is over; nothing more is to reach it. */
  over(): void
  /** Milliseconds until a refused subscription is asked for again, the `attempt`th time from 0. */
  retryDelayMs(attempt: number): number
}

/** A watch with its handlers or its buffer; owns the timer of a refused subscription. */
export class RunningWatch<C extends ChannelName> implements Watch<C> {
  readonly channel: C
  readonly subscription: Subscription
  readonly #options: WatchOptions<C>
  readonly #port: WatchPort
  readonly #buffer = new EventBuffer<ChannelEvent<C>>()
  readonly #ready = Promise.withResolvers<void>()
  #position: Position | undefined
  #refusals = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #over = false

  constructor(channel: C, options: WatchOptions<C>, port: WatchPort) {
    this.channel = channel
    this.#options = options
    this.#port = port
    this.#ready.promise.catch(() => {})
    this.subscription = new Subscription(channel, {
      options,
      port,
      receiver: {
        event: (frame, position) => this.#take(frame, position),
        standsAt: (position) => this.#standAt(position),
        gap: (gap) => this.#gap(gap),
      },
    })
  }

  get position(): Position | undefined {
    return this.#position
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  close(): void {
    if (this.#over) return
    this.subscription.stop()
    this.end()
  }

  /** Ends it without a word to the edge; `failure` is why, when nobody wished it. */
  end(failure?: Failure): void {
    if (this.#over) return
    this.#over = true
    this.lost()
    this.#ready.reject(failure ?? new DOMException('The watch was closed.', 'AbortError'))
    this.#buffer.end(failure)
    this.#port.over()
    if (failure) callListener(() => this.#options.onEnd?.(failure))
  }

  /** The connection is gone, and with it any wish to ask again. */
  lost(): void {
    clearTimeout(this.#retry)
  }

  /** The edge has confirmed it. */
  confirmed(frame: ServerFrameOf<'subscribed'>): void {
    this.#refusals = 0
    this.subscription.subscribed(frame)
    this.#ready.resolve()
  }

  /** The edge refuses it for good, or for now. */
  refused(frame: ServerFrameOf<'error'>): void {
    const failure = failureOf(frame)
    if (failure.retry === 'never') return this.end(failure)
    const delayMs = failure.retryAfterMs ?? this.#port.retryDelayMs(this.#refusals++)
    this.#retry = setTimeout(() => this.subscription.ask(), delayMs)
  }

  snapshot({ data, seq, more }: ServerFrameOf<'snapshot'>): void {
    callListener(() => this.#options.onSnapshot?.(data as SnapshotOf<C>, { seq, more }))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChannelEvent<C>, void, undefined> {
    if (this.#options.onEvent) throw new TypeError('a watch with onEvent cannot be iterated')
    try {
      for (;;) {
        const { done, value } = await this.#buffer.next()
        if (done) return
        this.#position = value.position
        if (this.#buffer.size <= this.#port.eventsBufferedMax / 2) this.subscription.resume()
        yield value
      }
    } finally {
      this.close()
    }
  }

  #take({ event, data, time }: ServerFrameOf<'event'>, position: Position): boolean {
    const value = { event, data, time, position } as ChannelEvent<C>
    const { onEvent } = this.#options
    if (onEvent) {
      this.#position = position
      callListener(() => onEvent(value))
      return true
    }
    if (this.#buffer.size >= this.#port.eventsBufferedMax) {
      if (this.subscription.isLog) return false
      this.#buffer.drop()
    }
    this.#buffer.push(value)
    return true
  }

  #standAt(position: Position): void {
    if (this.#buffer.size === 0) this.#position = position
  }

  #gap({ channel, params, from, to, reason }: Gap): void {
    const gap = { channel, params, from, to, reason }
    this.#port.gap(gap)
    callListener(() => this.#options.onGap?.(gap))
  }
}
