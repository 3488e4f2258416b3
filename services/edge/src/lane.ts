import { type ClientFrameOf, HEADERS, type PlacedChannel, filterHeader } from '@meshboard/contracts'
import type { Connection } from './connection.ts'
import { eventFrame } from './event-frame.ts'
import type { FeedEvent, Place } from './feed-event.ts'
import type { Keeper, Kept } from './kept-frames.ts'

export interface LaneParts {
  connection: Connection
  placed: PlacedChannel
  filter: ClientFrameOf<'subscribe'>['filter']
  /** There is no room for the event after the lane's place, and it may not be left out. */
  onFull: () => void
}

type Wanted = readonly (readonly [header: string, value: string])[]

const NONE: Wanted = []

const headersOf = (filter: Record<string, string>): Wanted =>
  Object.entries(filter).map(([name, value]) => [filterHeader(name).toLowerCase(), value])

/**
 * The way of one subscription's events onto its socket, and where it stands. What finds no room there
 * is refused on a `log` channel; on a `state` channel the newest of each key waits; on a `live` one
 * what came last, and a `warning` tells how many are missing.
 */
export class Lane implements Keeper {
  readonly #parts: LaneParts
  readonly #filter: Wanted
  /** Under which its frames of an event are kept. */
  readonly #frameKey: string
  #seq = 0
  #n = 0
  /** How many events before the next one the filter left out. */
  #skipped = 0
  /** How many events before the next one there was no room for. */
  #dropped = 0

  constructor(parts: LaneParts) {
    this.#parts = parts
    this.#frameKey = `${parts.connection.door.dialect.name} ${parts.placed.name}`
    this.#filter = parts.filter ? headersOf(parts.filter) : NONE
  }

  /** Every event up to here has been passed on, or was left out. */
  get place(): Place {
    return { seq: this.#seq, n: this.#n }
  }

  standAt({ seq, n }: Place): void {
    this.#seq = seq
    this.#n = n
  }

  /** Passes an event on, if there is room for it. */
  pass(event: FeedEvent): boolean {
    if (event.n <= this.#n || this.#isFilteredOut(event)) return true
    const { connection } = this.#parts
    const frame = this.#frameOf(event)
    if (frame && !connection.outbound.offer(frame)) return false
    if (frame) connection.deps.metrics.framesSent.inc()
    this.#skipped = 0
    this.standAt(event)
    return true
  }

  /** Passes an event on, or does with it what its channel has for a client that is behind. */
  take(event: FeedEvent): void {
    const { connection, placed, onFull } = this.#parts
    const isLog = placed.channel.class === 'log'
    if ((isLog || !connection.outbound.isKeeping) && this.pass(event)) return
    if (isLog) onFull()
    else this.#keepBack(event)
  }

  /** Drops what waits. */
  clear(): void {
    this.#parts.connection.outbound.forget(this)
  }

  leftOut({ seq, n }: Kept, why: 'replaced' | 'no_room'): void {
    const { connection, placed, onFull } = this.#parts
    connection.deps.pressure.leftOut.inc({ class: placed.channel.class })
    if (why === 'replaced') return
    if (placed.channel.class === 'live') return void (this.#dropped += 1)
    // What was before it went out, or has a newer value among what follows: all of that is got again.
    this.clear()
    this.standAt({ seq: seq - 1, n: n - 1 })
    onFull()
  }

  goesOut(): void {
    const { connection, placed } = this.#parts
    connection.deps.metrics.framesSent.inc()
    if (this.#dropped === 0) return
    const details = { channel: placed.name, dropped: this.#dropped }
    this.#dropped = 0
    connection.send({ type: 'warning', code: 'slow', details })
  }

  #keepBack(event: FeedEvent): void {
    if (event.n <= this.#n || this.#isFilteredOut(event)) return
    const { connection, placed } = this.#parts
    const { seq, n, headers } = event
    const frame = this.#frameOf(event)
    this.#skipped = 0
    this.standAt(event)
    if (!frame) return
    const key = (placed.channel.class === 'state' && headers[HEADERS.stateKey]) || `#${n}`
    connection.outbound.keep(`${placed.name} ${key}`, { seq, n, frame, owner: this })
  }

  /** Its frame, made once for all sockets that are shown the same. */
  #frameOf(event: FeedEvent): Buffer | undefined {
    const { connection, placed } = this.#parts
    const skipped = this.#skipped
    const made = skipped === 0 ? event.frames.get(this.#frameKey) : undefined
    if (made) return made
    const frame = eventFrame(event, { channel: placed.name, skipped }, connection)
    if (frame && skipped === 0) event.frames.set(this.#frameKey, frame)
    return frame
  }

  #isFilteredOut(event: FeedEvent): boolean {
    if (this.#filter.length === 0) return false
    const { headers } = event
    if (this.#filter.every(([header, value]) => headers[header] === value)) return false
    this.#skipped += 1
    this.standAt(event)
    return true
  }
}
