const DOUBLING_MS = 1_000

/**
 * How many deliveries a process may have in hand: one at first, one more for each that has ended and
 * twice as many every second, up to `max`. What is in hand when a process is killed counts as
 * delivered; so one that dies as soon as it begins, over and over, uses up few attempts of events
 * that it never began.
 */
export class SlowStart {
  readonly #max: number
  readonly #growing: NodeJS.Timeout
  #size = 1

  /** `grown` is called when there is room for more by the mere passing of time. */
  constructor(max: number, grown: () => void) {
    this.#max = max
    this.#growing = setInterval(() => {
      this.#grow(2 * this.#size)
      grown()
    }, DOUBLING_MS)
  }

  get size(): number {
    return this.#size
  }

  /** A delivery has ended, and the process has not. */
  ended(): void {
    this.#grow(this.#size + 1)
  }

  stop(): void {
    clearInterval(this.#growing)
  }

  #grow(size: number): void {
    this.#size = Math.min(size, this.#max)
    if (this.#size === this.#max) this.stop()
  }
}
