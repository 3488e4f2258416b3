import {
  type ClientFrameOf,
  type PlacedChannel,
  allContracts,
  failure,
  findChannel,
} from '@meshboard/contracts'
import { type Backoff, persist } from '@meshboard/kit'
import type { Connection } from './connection.ts'
import { LiveSubscription } from './live-subscription.ts'
import { Subscription } from './subscription.ts'
import { Turnstile } from './turnstile.ts'

type AnySubscription = Subscription | LiveSubscription

const NONE: readonly PlacedChannel[] = []
const KEEP_TRYING: Backoff = { firstMs: 500, maxMs: 10_000 }

/** What one socket watches: each channel once. */
export class Subscriptions {
  readonly #connection: Connection
  readonly #byChannel = new Map<string, AnySubscription>()
  /** What the door watches by itself. */
  #kept: readonly PlacedChannel[] = NONE
  /** Made only when there is something that must be given up at the end. */
  #over: AbortController | undefined
  #catchingUp: Turnstile | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** One of them at a time reads what the socket is to get next. */
  get catchingUp(): Turnstile {
    return (this.#catchingUp ??= new Turnstile(1))
  }

  /** Whether a subscription with that request id is still on its way. */
  has(id: number): boolean {
    return this.#byChannel.values().some((subscription) => subscription.isAskedFor(id))
  }

  /** Begins or resumes to watch a channel. Ends when events flow, or with the refusal. */
  async subscribe(frame: ClientFrameOf<'subscribe'>): Promise<void> {
    await this.#watch(this.#allowed(frame), frame)
  }

  /** Watches channels for as long as the socket is there, whatever gets lost on the way. */
  keep(channels: readonly PlacedChannel[]): void {
    this.#kept = channels
    for (const placed of channels) this.#begin(placed)
  }

  unsubscribe({ id, channel }: ClientFrameOf<'unsubscribe'>): void {
    const subscription = this.#byChannel.get(channel)
    if (!subscription) throw failure('not_found', { message: 'You do not watch this channel.' })
    this.#drop(subscription)
    this.#connection.send({ type: 'unsubscribed', id, channel, reason: 'asked' })
  }

  /** Ends a subscription that can no longer be kept whole. */
  lose(subscription: AnySubscription, reason: string): void {
    if (!this.#drop(subscription)) return
    const kept = this.#kept.find(({ name }) => name === subscription.channel)
    if (kept) return this.#begin(kept)
    this.#connection.send({ type: 'unsubscribed', channel: subscription.channel, reason })
  }

  end(): void {
    this.#over?.abort()
    for (const subscription of [...this.#byChannel.values()]) this.#drop(subscription)
  }

  #begin(placed: PlacedChannel): void {
    const { log } = this.#connection.runtime
    const { name: channel } = placed
    const id = this.#kept.indexOf(placed) + 1
    this.#over ??= new AbortController()
    persist(() => this.#watch(placed, { type: 'subscribe', id, channel }), {
      backoff: KEEP_TRYING,
      signal: this.#over.signal,
      onFault: (error) => log.warn({ err: error, channel }, 'channel not reached'),
    }).catch((error: unknown) => log.debug({ err: error }, 'socket left'))
  }

  async #watch(placed: PlacedChannel, frame: ClientFrameOf<'subscribe'>): Promise<void> {
    const key = placed.channel.audience === 'all' ? 'all' : this.#connection.login.required.userId
    const parts = { connection: this.#connection, placed, key, frame }
    const isLive = placed.channel.class === 'live'
    const subscription = isLive ? new LiveSubscription(parts) : new Subscription(parts)
    this.#byChannel.set(placed.name, subscription)
    this.#count(placed.name, 1)
    try {
      await subscription.start()
    } catch (error) {
      this.#drop(subscription)
      throw error
    }
  }

  /** The channel, when this caller may watch it so. What is not declared is refused. */
  #allowed({ channel, params, filter, since }: ClientFrameOf<'subscribe'>): PlacedChannel {
    const { config } = this.#connection.runtime
    void this.#connection.login.required
    const placed = findChannel(channel)
    if (!placed) throw failure('not_found', { message: 'There is no such channel.' })
    refuseUnknown('params', Object.keys(params ?? {}), [])
    refuseUnknown('filter', Object.keys(filter ?? {}), filtersOf(placed))
    if (since && 'time' in since) refuseNoMoment(since.time)
    if (this.#byChannel.has(channel)) {
      throw failure('conflict', { message: 'You watch this channel already.' })
    }
    if (this.#byChannel.size >= config.subscriptionsMax) {
      this.#connection.deps.pressure.limits.inc({ limit: 'subscriptions' })
      const message = `${config.subscriptionsMax} subscriptions are open here; end one first.`
      throw failure('rate_limited', { message, retryAfterMs: 1_000 })
    }
    return placed
  }

  #drop(subscription: AnySubscription): boolean {
    if (this.#byChannel.get(subscription.channel) !== subscription) return false
    this.#byChannel.delete(subscription.channel)
    this.#count(subscription.channel, -1)
    subscription.end()
    return true
  }

  #count(channel: string, by: number): void {
    this.#connection.deps.metrics.subscriptions.inc({ channel }, by)
  }
}

const contractOf = (service: string) => allContracts.find(({ name }) => name === service)

const filtersOf = ({ service, channel }: PlacedChannel): readonly string[] =>
  Object.values(contractOf(service)?.events ?? {})
    .filter(({ topic }) => topic === channel.topic)
    .flatMap(({ filters }) => filters)

const refuseUnknown = (field: string, names: readonly string[], known: readonly string[]): void => {
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw failure('invalid', { fields: { [field]: ['This channel has no such field.'] } })
}

/** JSON Schema cannot say of a day whether there is one. */
const refuseNoMoment = (time: string): void => {
  const at = new Date(time)
  if (!Number.isNaN(at.getTime()) && at.toISOString() === time) return
  throw failure('invalid', { fields: { 'since.time': ['There is no such day or hour.'] } })
}
