const FOLLOW_UPS_MS = [250, 2_000]
const JITTER = 0.25
const NEVER = Number.POSITIVE_INFINITY
/** Shared: as a rule nothing is planned beyond the next time. */
const NONE: readonly number[] = []

/** When a feed wants to be compared with its stream: regularly, and twice soon after a read. */
export class CheckPlan {
  readonly #everyMs: number
  readonly #onPlanned: (atMs: number) => void
  #next = NEVER
  #later: readonly number[] = NONE

  /** `onPlanned` hears of each next time, milliseconds since 1970. */
  constructor(everyMs: number, onPlanned: (atMs: number) => void) {
    this.#everyMs = everyMs
    this.#onPlanned = onPlanned
  }

  /** The next time, milliseconds since 1970; never when nothing is planned. */
  get next(): number {
    return this.#next
  }

  /** Twice soon, then regularly: a read may have met a replica that lags. */
  soon(): void {
    const now = Date.now()
    this.#later = [...FOLLOW_UPS_MS.map((ms) => now + ms), this.#regular(now)]
    this.#goOn()
  }

  /** In `ms` milliseconds, if not before. */
  within(ms: number): void {
    const at = Date.now() + ms
    if (this.next <= at) return
    if (this.#next !== NEVER) this.#later = [this.#next, ...this.#later]
    this.#plan(at)
  }

  /** The next time has come. */
  take(): void {
    this.#goOn()
  }

  /** The next time has come, and now was not the moment. */
  again(): void {
    this.#onPlanned(this.#next)
  }

  end(): void {
    this.#next = NEVER
    this.#later = NONE
  }

  #goOn(): void {
    const [next = this.#regular(Date.now()), ...later] = this.#later
    this.#later = later.length === 0 ? NONE : later
    this.#plan(next)
  }

  #plan(atMs: number): void {
    this.#next = atMs
    this.#onPlanned(atMs)
  }

  #regular(now: number): number {
    return now + this.#everyMs * (1 - JITTER + 2 * JITTER * Math.random())
  }
}
