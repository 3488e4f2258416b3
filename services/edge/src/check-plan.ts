const FOLLOW_UPS_MS = [250, 2_000]
const JITTER = 0.25

/** When a feed wants to be compared with its stream: regularly, and twice soon after a read. */
export class CheckPlan {
  readonly #everyMs: number
  readonly #onPlanned: (atMs: number) => void
  #due: number[] = []

  /** `onPlanned` hears of each next time, milliseconds since 1970. */
  constructor(everyMs: number, onPlanned: (atMs: number) => void) {
    this.#everyMs = everyMs
    this.#onPlanned = onPlanned
  }

  /** The next time, milliseconds since 1970; never when nothing is planned. */
  get next(): number {
    return this.#due[0] ?? Number.POSITIVE_INFINITY
  }

  /** Twice soon, then regularly: a read may have met a replica that lags. */
  soon(): void {
    const now = Date.now()
    this.#due = [...FOLLOW_UPS_MS.map((ms) => now + ms), this.#regular(now)]
    this.#onPlanned(this.next)
  }

  /** In `ms` milliseconds, if not before. */
  within(ms: number): void {
    const at = Date.now() + ms
    if (this.next <= at) return
    this.#due.unshift(at)
    this.#onPlanned(at)
  }

  /** The next time has come. */
  take(): void {
    this.#due.shift()
    if (this.#due.length === 0) this.#due = [this.#regular(Date.now())]
    this.#onPlanned(this.next)
  }

  end(): void {
    this.#due = []
  }

  #regular(now: number): number {
    return now + this.#everyMs * (1 - JITTER + 2 * JITTER * Math.random())
  }
}
