/**
 * How long the oldest event that a consumer has not been given may have waited. What is known is an
 * upper bound: nothing older than the newest delivery waits, and nothing stored before the consumer
 * was last seen to have everything.
 */
export class ConsumerLag {
  #pending = 0
  /** Whatever waits was stored later than this, milliseconds since 1970. */
  #since = Date.now()

  /** How many events wait. */
  get pending(): number {
    return this.#pending
  }

  /** 0 while nothing waits. */
  get seconds(): number {
    return this.#pending === 0 ? 0 : Math.max(0, Date.now() - this.#since) / 1_000
  }

  /** An event was delivered, with so many behind it. */
  delivered({ behind, storedAt }: { behind: number; storedAt: number }): void {
    this.#since = Math.max(this.#since, storedAt)
    this.looked(behind)
  }

  /** So many were found waiting. */
  looked(pending: number): void {
    this.#pending = pending
    if (pending === 0) this.#since = Date.now()
  }
}
