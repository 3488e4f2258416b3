const TOKENS_MAX = 10
const PER_SUCCESS = 0.1

/**
 * How many retries a client may still make: ten at first, and one for each ten calls that succeed.
 * When much fails, retries add a tenth to the load and no more.
 */
export class RetryBudget {
  #tokens = TOKENS_MAX

  succeeded(): void {
    if (this.#tokens < TOKENS_MAX) this.#tokens = Math.min(TOKENS_MAX, this.#tokens + PER_SUCCESS)
  }

  /** Takes a retry out of the budget; false when there is none in it. */
  take(): boolean {
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
