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

/** How many sockets there may be. */
export class Admission {
  readonly #max: number
  #taken = 0
  #isClosed = false

  constructor(max: number) {
    this.#max = max
  }

  /** Takes a place, if there is one. Whoever has it gives it back with `leave`. */
  enter(): boolean {
    if (this.#isClosed || this.#taken >= this.#max) return false
    this.#taken += 1
    return true
  }

  leave(): void {
    this.#taken -= 1
  }

  /** Nobody is let in any more. */
  close(): void {
    this.#isClosed = true
  }
}
