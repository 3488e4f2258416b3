import { HEADERS, feedSubject } from '@meshboard/contracts'
import {
  type Broker,
  type Message,
  type Running,
  SpanKind,
  contextFrom,
  inSpan,
} from '@meshboard/kit'
import { CheckPlan } from './check-plan.ts'
import { type FeedEvent, type Gap, type Place, toFeedEvent } from './feed-event.ts'
import { RecentEvents } from './recent-events.ts'
import type { Page, Replay, Source } from './replay.ts'
import type { StreamStates } from './stream-states.ts'

const HELD_MAX = 256
const RETRY_MS = 1_000

/** Who gets a feed's events: each once, in the order of `n`, and a word about every hole. */
export interface Watcher {
  event(event: FeedEvent): void
  /** The feed goes on after `gap`; the watcher has been taken out and catches up to join again. */
  gap(gap: Gap): void
}

export interface FeedParts {
  broker: Broker
  replay: Replay
  states: StreamStates
  checkMs: number
  onPush: (source: Source, event: FeedEvent) => void
  onFault: (error: unknown, source: Source) => void
}

/**
 * One exact subject, watched at the broker once for all its sockets. Makes of the broker's copies,
 * which may be lost, a row without holes: what is missing is read from the stream before anything
 * later is passed on.
 */
export class Feed {
  readonly source: Source
  readonly plan: CheckPlan
  /** At hand for those who catch up. */
  readonly recent = new RecentEvents()
  readonly #parts: FeedParts
  readonly #watchers = new Set<Watcher>()
  /** Events beyond a hole, until it is filled. */
  readonly #held = new Map<number, FeedEvent>()
  #place: Place = NOWHERE
  /** The newest event known to be stored. */
  #newest: Place = NOWHERE
  #epoch = ''
  #seqWhenEmpty = 0
  #running: Running | undefined
  #isOpen = false
  #isRepairing = false
  #isChecking = false

  constructor(source: Source, parts: FeedParts) {
    this.source = source
    this.#parts = parts
    this.plan = new CheckPlan(parts.checkMs)
  }

  /** Where it stands: every event up to here has been passed on or was there before. */
  get place(): Place {
    return this.#place
  }

  /** What a client may resume from: where nothing is stored, the end of the stream as it was then. */
  get position(): Place {
    return this.#place.n > 0 ? this.#place : { seq: this.#seqWhenEmpty, n: 0 }
  }

  get epoch(): string {
    return this.#epoch
  }

  /** First listens, then looks where the stream stands, so that nothing falls in between. */
  async open(): Promise<void> {
    const { broker, replay, states } = this.#parts
    const { service, topic, key } = this.source
    const subject = feedSubject(service, topic, key)
    this.#running = await broker.subscribe(subject, (message) => this.#hear(message))
    const state = await states.recent(service)
    this.#epoch = state.epoch
    this.#seqWhenEmpty = state.last_seq
    this.#standAt((await replay.last(this.source)) ?? NOWHERE)
    this.#isOpen = true
    this.plan.soon()
    this.#goOn()
  }

  async close(): Promise<void> {
    this.#isOpen = false
    this.plan.end()
    await this.#running?.stop()
  }

  /** Adds a watcher that has every event up to `place`. */
  join(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  /** Compares with the stream itself: a lost last message is seen by nothing else. */
  async check(): Promise<void> {
    if (!this.#isOpen || this.#isChecking) return
    this.#isChecking = true
    this.plan.take()
    try {
      const { epoch } = await this.#parts.states.recent(this.source.service)
      const last = (await this.#parts.replay.last(this.source)) ?? NOWHERE
      if (epoch !== this.#epoch) return this.#startAnew(epoch, last)
      this.#know(last)
      this.#goOn()
    } catch (error) {
      this.#fault(error)
    } finally {
      this.#isChecking = false
    }
  }

  /** A feed with a fault is looked after again in a moment. */
  #fault(error: unknown): void {
    this.#parts.onFault(error, this.source)
    if (this.#isOpen) this.plan.within(RETRY_MS)
  }

  #hear(message: Message): void {
    try {
      const event = toFeedEvent(message)
      if (!event) throw new Error('an event came by without its number')
      this.#take(event)
    } catch (error) {
      this.#fault(error)
    }
  }

  #take(event: FeedEvent): void {
    if (this.#isOpen && event.n <= this.#place.n) return
    // Sequences go back only in a stream that was made anew.
    if (this.#isOpen && event.seq <= this.#place.seq) return this.plan.within(0)
    if (this.#held.size < HELD_MAX) this.#held.set(event.n, event)
    this.#know(event)
    if (this.#isOpen) this.#goOn()
  }

  #know({ seq, n }: Place): void {
    if (n > this.#newest.n) this.#newest = { seq, n }
  }

  /** Passes on what is at hand, and has what is missing read. */
  #goOn(): void {
    this.#passHeld()
    if (this.#newest.n > this.#place.n && !this.#isRepairing) void this.#repair()
  }

  async #repair(): Promise<void> {
    this.#isRepairing = true
    try {
      while (this.#isOpen && this.#newest.n > this.#place.n) await this.#repairPage()
    } catch (error) {
      this.#fault(error)
    } finally {
      this.#isRepairing = false
    }
  }

  async #repairPage(): Promise<void> {
    const [after, newest, epoch] = [this.#place, this.#newest, this.#epoch]
    const wanted = { after, newest, anyNext: after.n === 0 }
    const page = await this.#parts.replay.page(this.source, wanted)
    if (epoch === this.#epoch && after.n === this.#place.n) this.#takePage(page)
  }

  #takePage({ gap, start, events }: Page): void {
    if (gap) this.#skip(gap, start)
    else this.#standAt(start)
    for (const event of events) if (event.n === this.#place.n + 1) this.#pass(event)
    this.#passHeld()
  }

  #passHeld(): void {
    for (;;) {
      const next = this.#held.get(this.#place.n + 1)
      if (!next) return
      this.#pass(next)
    }
  }

  #pass(event: FeedEvent): void {
    this.#standAt(event)
    this.recent.add(event)
    if (this.#watchers.size === 0) return
    this.#parts.onPush(this.source, event)
    inSpan(
      {
        name: `push ${this.source.channel}`,
        kind: SpanKind.PRODUCER,
        parent: contextFrom(event.headers[HEADERS.traceparent]),
        attributes: { 'messaging.system': 'nats', 'messaging.destination.name': event.name },
      },
      async () => {
        for (const watcher of this.#watchers) watcher.event(event)
      },
    ).catch((error: unknown) => this.#fault(error))
  }

  #standAt({ seq, n }: Place): void {
    this.#place = { seq, n }
    this.#know(this.#place)
    for (const held of this.#held.keys()) if (held <= n) this.#held.delete(held)
  }

  #skip(gap: Gap, to: Place): void {
    this.#standAt(to)
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const watcher of watchers) watcher.gap(gap)
  }

  /** The stream was made anew: its sequences begin again, and perhaps the numbers. */
  #startAnew(epoch: string, last: Place): void {
    const from = this.#place.n + 1
    this.#epoch = epoch
    this.#held.clear()
    this.recent.clear()
    this.#newest = NOWHERE
    this.#skip({ from, to: last.n, reason: 'epoch' }, last)
  }
}

const NOWHERE: Place = { seq: 0, n: 0 }
