import { feedSubject } from '@meshboard/contracts'
import type { Message, Running } from '@meshboard/kit'
import { CheckPlan } from './check-plan.ts'
import { EventRow } from './event-row.ts'
import { type FeedEvent, type Gap, type Place, toFeedEvent } from './feed-event.ts'
import type { FeedParts } from './feed-parts.ts'
import { inPushSpan } from './push-span.ts'
import { RecentEvents } from './recent-events.ts'
import type { Page, Source } from './replay.ts'
import type { Watcher } from './watcher.ts'

const RETRY_MS = 1_000
/** From so many watchers on somebody is always coming back. */
const HOT_WATCHERS = 8

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
  readonly #row = new EventRow()
  #epoch = ''
  #seqWhenEmpty = 0
  #running: Running | undefined
  #isOpen = false
  #isRepairing = false
  #isChecking = false

  constructor(source: Source, parts: FeedParts) {
    this.source = source
    this.#parts = parts
    this.plan = new CheckPlan(parts.checkMs, (atMs) => parts.agenda.plan(this, atMs))
  }

  /** Where it stands: every event up to here has been passed on or was there before. */
  get place(): Place {
    return this.#row.place
  }

  /** What a client may resume from: where nothing is stored, the end of the stream as it was then. */
  get position(): Place {
    return this.place.n > 0 ? this.place : { seq: this.#seqWhenEmpty, n: 0 }
  }

  get epoch(): string {
    return this.#epoch
  }

  /** First listens, then looks where the stream stands, so that nothing falls in between. */
  async open(): Promise<void> {
    const { broker, states } = this.#parts
    const { service, topic, key } = this.source
    const subject = feedSubject(service, topic, key)
    this.#running = await broker.subscribe(subject, (message) => this.#hear(message))
    const state = await states.recent(service)
    this.#epoch = state.epoch
    this.#seqWhenEmpty = state.last_seq
    this.#row.standAt(await this.#newest(0))
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
    if (!this.#isOpen) return
    if (this.#isChecking) return this.plan.again()
    this.#isChecking = true
    this.plan.take()
    try {
      const { epoch } = await this.#parts.states.recent(this.source.service)
      const isSame = epoch === this.#epoch
      const newest = await this.#newest(isSame ? this.place.seq : 0)
      if (!isSame || newest.n > this.place.n) this.#parts.onMismatch()
      if (isSame) this.#row.know(newest)
      else this.#startAnew(epoch, newest)
      this.#goOn()
    } catch (error) {
      this.#fault(error)
    } finally {
      this.#isChecking = false
    }
  }

  async #newest(after: number): Promise<Place> {
    return (await this.#parts.replay.newest(this.source, after)) ?? { seq: 0, n: 0 }
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
      const verdict = this.#row.take(event)
      if (verdict === 'foreign') this.plan.within(0)
      if (verdict === 'taken' && this.#isOpen) this.#goOn()
    } catch (error) {
      this.#fault(error)
    }
  }

  /** Passes on what is at hand, and has what is missing read. */
  #goOn(): void {
    for (let next = this.#row.next(); next; next = this.#row.next()) this.#pass(next)
    if (!this.#row.isWhole && !this.#isRepairing) void this.#repair()
  }

  async #repair(): Promise<void> {
    this.#isRepairing = true
    this.#parts.onRepair()
    try {
      while (this.#isOpen && !this.#row.isWhole) await this.#repairPage()
    } catch (error) {
      this.#fault(error)
    } finally {
      this.#isRepairing = false
    }
  }

  async #repairPage(): Promise<void> {
    const { place: after, newest } = this.#row
    const epoch = this.#epoch
    const wanted = { after, newest, anyNext: after.n === 0 }
    const page = await this.#parts.replay.page(this.source, wanted)
    if (epoch === this.#epoch && after.n === this.place.n) this.#takePage(page)
  }

  #takePage({ gap, start, events }: Page): void {
    this.#row.standAt(start)
    if (gap) this.#tell(gap)
    for (const event of events) {
      this.#row.take(event)
      this.#goOn()
    }
  }

  #pass(event: FeedEvent): void {
    const { size } = this.#watchers
    this.recent.add(event, size >= HOT_WATCHERS)
    if (size === 0) return
    this.#parts.onPush({ source: this.source, event, watchers: size })
    const push = () => {
      for (const watcher of this.#watchers) watcher.event(event)
    }
    inPushSpan(this.source, event, push)?.catch((error: unknown) => this.#fault(error))
  }

  /** Everybody leaves to catch up, since what follows the gap must not overtake what stands for it. */
  #tell(gap: Gap): void {
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const watcher of watchers) watcher.gap(gap)
  }

  /** The stream was made anew: its sequences begin again, and perhaps the numbers. */
  #startAnew(epoch: string, last: Place): void {
    const from = this.place.n + 1
    this.#epoch = epoch
    this.recent.clear()
    this.#row.startAnew()
    this.#row.standAt(last)
    this.#tell({ from, to: last.n, reason: 'epoch' })
  }
}
