/** How many operations a client may do: `burst` at once, then `perSecond`. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #at = performance.now()

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#tokens = burst
  }

  /** Milliseconds until the next operation is due; 0: now. */
  get waitMs(): number {
    this.#refill()
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000)
  }

  /** Counts operations, also such as are not due yet: the next then waits the longer. */
  take(count: number): void {
    this.#refill()
    this.#tokens -= count
  }

  #refill(): void {
    const now = performance.now()
    const gained = ((now - this.#at) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#burst, this.#tokens + gained)
    this.#at = now
  }
}

/** How many sockets there may be, and how many of them of people nobody knows yet. */
export class Admission {
  readonly #socketsMax: number
  readonly #strangersMax: number
  #sockets = 0
  #strangers = 0
  #isClosed = false

  constructor({ socketsMax, strangersMax }: { socketsMax: number; strangersMax: number }) {
    this.#socketsMax = socketsMax
    this.#strangersMax = strangersMax
  }

  /** Takes a place for a stranger, if there is one. Whoever has it gives it back with `leave`. */
  enter(): boolean {
    const isFull = this.#sockets >= this.#socketsMax || this.#strangers >= this.#strangersMax
    if (this.#isClosed || isFull) return false
    this.#sockets += 1
    this.#strangers += 1
    return true
  }

  /** One of the strangers has signed in. */
  recognize(): void {
    this.#strangers -= 1
  }

  leave({ isStranger }: { isStranger: boolean }): void {
    this.#sockets -= 1
    if (isStranger) this.#strangers -= 1
  }

  /** Nobody is let in any more. */
  close(): void {
    this.#isClosed = true
  }
}
