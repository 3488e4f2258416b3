import {
  type Backoff,
  type Broker,
  BrokerError,
  type Logger,
  delayBefore,
  faultPoint,
} from '@meshboard/kit'
import { type StoredRow, publishStored } from './outbox-publish.ts'
import type { RelayMetrics } from './relay-metrics.ts'

/** Events on their way to the stream at a time. */
export const WINDOW = 512
const PAUSE: Backoff = { firstMs: 250, maxMs: 5_000 }
const HOLD: Backoff = { firstMs: 2_000, maxMs: 60_000 }
/** More keys than this refused at a time is no fault of theirs. */
const HELD_KEYS_MAX = 1_000
const FOR_GOOD: ReadonlySet<string> = new Set(['refused', 'too_large', 'forbidden'])

interface Held {
  readonly until: number
  readonly tries: number
  readonly reason: string
}

/** With what the outbox is asked for more. */
export interface Reading {
  /** Ids of events that the stream has, since this was asked last. */
  readonly sent: string[]
  /** Ids of events on their way, or sent and not yet noted. */
  readonly inHand: string[]
  /** Keys whose next event the stream has refused, and that are not due yet. */
  readonly heldKeys: string[]
  /** How many events may be given. */
  readonly room: number
}

/** What a sender works with. */
export interface Sending {
  readonly service: string
  readonly broker: Broker
  readonly log: Logger
  readonly counts: RelayMetrics
  /** Whether this process certainly leads still: asked before each event. */
  readonly leads: () => boolean
  /** There is something to note, or room again. */
  readonly wake: () => void
}

/**
 * Sends events side by side, those of one key one after the other, each once the stream has the one
 * before. What the stream refuses for good holds up its own key; what it cannot take now holds up
 * all. What was not sent is forgotten here, to be read again.
 */
export class OutboxSender {
  readonly #sending: Sending
  readonly #lines = new Map<string, Promise<boolean>>()
  readonly #inHand = new Set<string>()
  readonly #held = new Map<string, Held>()
  /** Keys of which something was forgotten since the outbox was last asked. */
  readonly #broken = new Set<string>()
  #sent: string[] = []
  #pausedUntil = 0
  #pauses = 0
  #closed = false

  constructor(sending: Sending) {
    this.#sending = sending
  }

  get idle(): boolean {
    return this.#inHand.size === 0
  }

  /** Nothing can be sent now. */
  get blocked(): boolean {
    return this.#closed || this.#isPaused || !this.#sending.broker.connected
  }

  /** What the outbox is to be asked with, now: what it says is good for the next `send` only. */
  begin(): Reading {
    this.#broken.clear()
    const now = Date.now()
    const sent = this.#sent.splice(0)
    return {
      sent,
      inHand: [...this.#inHand],
      heldKeys: [...this.#held].filter(([, { until }]) => until > now).map(([key]) => key),
      // What the stream has is noted as more is asked for, and is on its way no longer.
      room: this.blocked ? 0 : WINDOW - this.#inHand.size + sent.length,
    }
  }

  /** The outbox knows that these were sent. */
  noted(ids: readonly string[]): void {
    for (const id of ids) this.#inHand.delete(id)
  }

  /** Rows of a key that broke off since they were asked for are passed over: the one before is missing. */
  send(rows: readonly StoredRow[]): void {
    for (const row of rows) {
      const key = `${row.topic}.${row.key}`
      if (this.#broken.has(key)) continue
      this.#inHand.add(row.id)
      const before = this.#lines.get(key) ?? Promise.resolve(true)
      const turn: Promise<boolean> = before.then(async (went) => {
        const goes = went && (await this.#sendOne(row, key))
        if (!goes) this.#forget(row.id, key)
        if (this.#lines.get(key) === turn) this.#lines.delete(key)
        this.#sending.wake()
        return goes
      })
      this.#lines.set(key, turn)
    }
  }

  #forget(id: string, key: string): void {
    this.#inHand.delete(id)
    this.#broken.add(key)
  }

  /** Sends nothing more, and measures nothing more: another sender may have begun. */
  close(): void {
    this.#sending.counts.heldKeys.set(0)
    this.#closed = true
  }

  get #isPaused(): boolean {
    return this.#pausedUntil > Date.now()
  }

  async #sendOne(row: StoredRow, key: string): Promise<boolean> {
    const { broker, service, leads, counts } = this.#sending
    if (this.#closed || this.#isPaused || !leads()) return false
    try {
      faultPoint('before-publish')
      const { duplicate } = await publishStored(broker, service, row)
      faultPoint('after-publish-before-mark')
      counts.published.inc({ outcome: duplicate ? 'duplicate' : 'stored' })
    } catch (error) {
      this.#failed(key, error)
      return false
    }
    this.#sent.push(row.id)
    this.#succeeded(key)
    return true
  }

  #succeeded(key: string): void {
    const { log } = this.#sending
    if (this.#pauses > 0) log.info('events are stored again')
    this.#pauses = 0
    if (this.#held.delete(key)) log.info({ key }, 'the stream takes the events of this key again')
    this.#measureHeld()
  }

  #measureHeld(): void {
    if (!this.#closed) this.#sending.counts.heldKeys.set(this.#held.size)
  }

  #failed(key: string, error: unknown): void {
    const { log, counts } = this.#sending
    const isForGood = error instanceof BrokerError && FOR_GOOD.has(error.fault)
    counts.published.inc({ outcome: isForGood ? 'refused' : 'failed' })
    if (isForGood && this.#held.size < HELD_KEYS_MAX) return this.#hold(key, error)
    if (this.#isPaused) return
    this.#pauses += 1
    this.#pausedUntil = Date.now() + delayBefore(this.#pauses, PAUSE)
    if (this.#pauses === 1) log.warn({ err: error }, 'events cannot be stored now, will go on')
  }

  #hold(key: string, error: BrokerError): void {
    const { log } = this.#sending
    const before = this.#held.get(key)
    const tries = (before?.tries ?? 0) + 1
    const ms = Math.min(HOLD.maxMs, HOLD.firstMs * 2 ** (tries - 1))
    this.#held.set(key, { until: Date.now() + ms, tries, reason: error.message })
    this.#measureHeld()
    if (before?.reason !== error.message)
      log.error({ err: error, key }, 'the stream refuses an event: those of its key wait')
  }
}
