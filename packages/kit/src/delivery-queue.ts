import type { Delivery } from './broker/broker.ts'

/** How long others are kept waiting for a suspect: until it may begin, and again while it runs. */
const ALONE_MS = 500
/** When what is given back at a stop comes again, to another process. */
const GIVEN_BACK_MS = 250
/** The same after a fault of the kit. */
const FAULT_MS = 5_000

/** A delivery in a queue. */
export interface Queued {
  readonly delivery: Delivery
  /** Deliveries of one key are handled one after the other. */
  readonly key: string
  /** May have ended a process: nothing else begins beside it at first. */
  readonly suspect: boolean
}

/** How a queue handles what it holds. */
export interface Handling<T extends Queued> {
  /** How many are handled at a time. */
  readonly placesMax: number
  /** Handles one; the time in milliseconds after which to do so again, or nothing when it has ended. */
  readonly handle: (item: T, attempt: number) => Promise<number | undefined>
  /** Has the broker hear what was ended, so that it does not die with the process; before a suspect begins. */
  readonly flush?: () => Promise<unknown>
  readonly onFault: (error: unknown) => void
}

interface Entry<T> {
  readonly item: T
  attempt: number
}

/**
 * The deliveries of a consumer that are in hand. Each key in order, keys side by side; one that is
 * to be tried again keeps its key and no place. Suspects begin alone, so that what ends the process
 * takes few with it.
 */
export class DeliveryQueue<T extends Queued> {
  readonly #handling: Handling<T>
  readonly #lines = new Map<string, Entry<T>[]>()
  readonly #held = new Map<Entry<T>, NodeJS.Timeout>()
  #ready: Entry<T>[] = []
  #suspects: Entry<T>[] = []
  #running = 0
  /** How many others begin before the next suspect. */
  #others = 0
  /** `clearing`: nothing begins, so that a suspect may; `alone`: a suspect runs. */
  #phase: 'open' | 'clearing' | 'alone' = 'open'
  #turn = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(handling: Handling<T>) {
    this.#handling = handling
  }

  /** How many wait to be tried again. */
  get held(): number {
    return this.#held.size
  }

  add(item: T): void {
    if (this.#stopped) return item.delivery.retry(GIVEN_BACK_MS)
    const entry = { item, attempt: 0 }
    const line = this.#lines.get(item.key)
    if (line) return void line.push(entry)
    this.#lines.set(item.key, [entry])
    this.#enqueue(entry)
  }

  /** Gives back what has not begun or is held; what runs ends by itself. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#held.values()) clearTimeout(timer)
    const waiting = [...this.#lines.values()].flatMap(([first, ...rest]) =>
      first && (this.#held.has(first) || this.#isWaiting(first)) ? [first, ...rest] : rest,
    )
    this.#held.clear()
    this.#ready = []
    this.#suspects = []
    for (const { item } of waiting) item.delivery.retry(GIVEN_BACK_MS)
  }

  #isWaiting(entry: Entry<T>): boolean {
    return this.#ready.includes(entry) || this.#suspects.includes(entry)
  }

  #enqueue(entry: Entry<T>): void {
    if (entry.item.suspect && entry.attempt === 0) this.#suspects.push(entry)
    else this.#ready.push(entry)
    this.#begin()
  }

  #begin(): void {
    while (this.#phase === 'open') {
      const isTurn = this.#others === 0 || this.#ready.length === 0
      if (this.#suspects.length > 0 && isTurn) return this.#clear()
      if (this.#running >= this.#handling.placesMax) return
      const entry = this.#ready.shift()
      if (!entry) return
      this.#others = Math.max(0, this.#others - 1)
      void this.#run(entry)
    }
  }

  /** Waits until nothing runs any more, but not for ever. */
  #clear(): void {
    this.#phase = 'clearing'
    this.#timer = setTimeout(() => this.#runAlone(), ALONE_MS)
    if (this.#running === 0) this.#runAlone()
  }

  /** Nothing begins beside it until it has ended, but not for ever. */
  #runAlone(): void {
    clearTimeout(this.#timer)
    this.#phase = 'alone'
    const turn = (this.#turn += 1)
    const end = () => {
      if (turn === this.#turn && this.#phase === 'alone') this.#open()
    }
    this.#timer = setTimeout(end, ALONE_MS)
    void this.#runSuspect().then(end)
  }

  /** Chosen after the flush, when those that came with it are there, too. */
  async #runSuspect(): Promise<void> {
    const { flush } = this.#handling
    if (flush) await flush()
    const entry = nextSuspect(this.#suspects)
    if (!entry) return
    this.#suspects.splice(this.#suspects.indexOf(entry), 1)
    await this.#run(entry)
  }

  #open(): void {
    clearTimeout(this.#timer)
    this.#phase = 'open'
    this.#others = this.#handling.placesMax
    this.#begin()
  }

  async #run(entry: Entry<T>): Promise<void> {
    this.#running += 1
    const againMs = await this.#handled(entry)
    this.#running -= 1
    if (againMs === undefined) this.#ended(entry)
    else this.#hold(entry, againMs)
    if (this.#phase === 'clearing' && this.#running === 0) this.#runAlone()
    this.#begin()
  }

  async #handled(entry: Entry<T>): Promise<number | undefined> {
    entry.attempt += 1
    try {
      return await this.#handling.handle(entry.item, entry.attempt)
    } catch (error) {
      this.#handling.onFault(error)
      entry.item.delivery.retry(FAULT_MS)
      return undefined
    }
  }

  #hold(entry: Entry<T>, ms: number): void {
    if (this.#stopped) return entry.item.delivery.retry(GIVEN_BACK_MS)
    const timer = setTimeout(() => {
      this.#held.delete(entry)
      this.#enqueue(entry)
    }, ms)
    this.#held.set(entry, timer)
  }

  #ended({ item }: Entry<T>): void {
    const line = this.#lines.get(item.key)
    line?.shift()
    const [next] = line ?? []
    if (!next || this.#stopped) this.#lines.delete(item.key)
    else this.#enqueue(next)
  }
}

const FORWARD_ATTEMPT = 3
const BACKWARD_ATTEMPT = 4

/**
 * The one least often delivered; of those first the oldest, the next time the newest: so one that
 * ends the process has had all others before it after two rounds. With several such it is chance.
 */
const nextSuspect = <T extends Queued>(suspects: readonly Entry<T>[]): Entry<T> | undefined => {
  const attempt = Math.min(...suspects.map(({ item }) => item.delivery.attempt))
  const least = suspects
    .filter(({ item }) => item.delivery.attempt === attempt)
    .toSorted((a, b) => a.item.delivery.seq - b.item.delivery.seq)
  if (attempt <= FORWARD_ATTEMPT) return least[0]
  if (attempt === BACKWARD_ATTEMPT) return least.at(-1)
  return least[Math.floor(Math.random() * least.length)]
}
