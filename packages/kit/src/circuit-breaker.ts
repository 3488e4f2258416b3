import { failure } from '@meshboard/contracts'
import {
  BrokenCircuitError,
  CircuitState,
  SamplingBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel'
import { BrokerError } from './broker/broker.ts'
import { asUnstarted } from './retry.ts'

/** Opens when more than half of at least ten attempts within five seconds found nobody able to answer. */
const WINDOW = { threshold: 0.5, duration: 5_000, minimumRps: 2 }
const OPEN_MS = 1_000

/**
 * Keeps calls away from a target that does not answer: while it is open they fail `unavailable` at
 * once; after a second one goes through, and closes it or opens it again.
 */
export class CircuitBreaker {
  readonly #policy
  #openedAt = 0

  /** `counts` says which errors are the target's. */
  constructor(counts: (error: unknown) => boolean) {
    const isFault = (error: unknown) => counts(error) || this.#isUndecided(error)
    this.#policy = circuitBreaker(handleWhen(isFault), {
      halfOpenAfter: OPEN_MS,
      breaker: new SamplingBreaker(WINDOW),
    })
    this.#policy.onBreak(() => (this.#openedAt = Date.now()))
  }

  /** 0 closed, 1 half open, 2 open. */
  get state(): number {
    if (this.#policy.state === CircuitState.Closed) return 0
    return this.#policy.state === CircuitState.HalfOpen ? 1 : 2
  }

  /**
   * Runs an attempt, or fails `unavailable` with the time until the next may be let through. One
   * with less patience than the target needs is let through while it is closed, and not counted.
   */
  async run<T>(attempt: () => Promise<T>, { counts = true } = {}): Promise<T> {
    // The library would have the others wait for the one.
    if (this.#policy.state === CircuitState.HalfOpen) throw this.#refusal()
    if (!counts && this.#policy.state === CircuitState.Closed) return attempt()
    try {
      return await this.#policy.execute(attempt)
    } catch (error) {
      throw error instanceof BrokenCircuitError ? this.#refusal() : error
    }
  }

  /** The one that was let through was given up by its caller: that says nothing for the target. */
  #isUndecided(error: unknown): boolean {
    const isAborted = error instanceof BrokerError && error.fault === 'aborted'
    return isAborted && this.#policy.state === CircuitState.HalfOpen
  }

  #refusal() {
    const retryAfterMs = Math.max(1, this.#openedAt + OPEN_MS - Date.now())
    return asUnstarted(failure('unavailable', { retryAfterMs }))
  }
}
