import { Failure, failure } from '@meshboard/contracts'
import type { RateLimiter } from '@meshboard/kit'

interface Lane {
  inHand: number
  /** Counts what has left, so that an answer of the limiter that is older than that shows. */
  left: number
  readonly waiting: (() => void)[]
}

const WAIT_MS = 1_000

/**
 * Lets a key make so many unsuccessful attempts, and refuses it then with `rate_limited`. One that
 * is under way might still fail, so no more are under way at once than may fail; the others wait
 * for their turn. So a burst cannot outrun the count, and one that succeeds costs nothing.
 */
export class AttemptGate {
  readonly #limiter: RateLimiter
  readonly #waitingMax: number
  readonly #lanes = new Map<string, Lane>()

  /** `waitingMax`: how many may wait for each key; the next is refused for a second. */
  constructor(limiter: RateLimiter, waitingMax: number) {
    this.#limiter = limiter
    this.#waitingMax = waitingMax
  }

  /** Runs an attempt. It counts when it ends with a refusal that is the client's own doing. */
  async run(key: string, attempt: () => Promise<void>): Promise<void> {
    const lane = await this.#enter(key)
    try {
      await attempt()
    } catch (error) {
      if (isUnsuccessful(error)) await this.#limiter.take(key)
      throw error
    } finally {
      this.#leave(key, lane)
    }
  }

  async #enter(key: string): Promise<Lane> {
    for (;;) {
      const lane = this.#lane(key)
      const { left } = lane
      const verdict = await this.#limiter.peek(key)
      if (!verdict.allowed) {
        lane.waiting.shift()?.()
        this.#tidy(key, lane)
        throw failure('rate_limited', { retryAfterMs: verdict.retryAfterMs })
      }
      if (lane.left !== left || this.#lanes.get(key) !== lane) continue
      if (lane.inHand < verdict.remaining) {
        lane.inHand += 1
        return lane
      }
      if (lane.waiting.length >= this.#waitingMax)
        throw failure('rate_limited', { retryAfterMs: WAIT_MS })
      await new Promise<void>((resume) => lane.waiting.push(resume))
    }
  }

  #lane(key: string): Lane {
    const known = this.#lanes.get(key)
    if (known) return known
    const lane: Lane = { inHand: 0, left: 0, waiting: [] }
    this.#lanes.set(key, lane)
    return lane
  }

  #leave(key: string, lane: Lane): void {
    lane.inHand -= 1
    lane.left += 1
    lane.waiting.shift()?.()
    this.#tidy(key, lane)
  }

  #tidy(key: string, lane: Lane): void {
    if (lane.inHand === 0 && lane.waiting.length === 0) this.#lanes.delete(key)
  }
}

const isUnsuccessful = (error: unknown): boolean =>
  error instanceof Failure && error.status < 500 && error.code !== 'rate_limited'
