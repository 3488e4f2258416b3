import { failure } from '@meshboard/contracts'
import {
  BrokenCircuitError,
  CircuitState,
  SamplingBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel'
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
    this.#policy = circuitBreaker(handleWhen(counts), {
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

  /** Runs an attempt, or fails `unavailable` with the time until the next may be let through. */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    // The library would have the others wait for the one.
    if (this.#policy.state === CircuitState.HalfOpen) throw this.#refusal()
    try {
      return await this.#policy.execute(attempt)
    } catch (error) {
      throw error instanceof BrokenCircuitError ? this.#refusal() : error
    }
  }

  #refusal() {
    const retryAfterMs = Math.max(1, this.#openedAt + OPEN_MS - Date.now())
    return asUnstarted(failure('unavailable', { retryAfterMs }))
  }
}
