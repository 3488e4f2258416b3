import type { Subscription } from '@nats-io/transport-node'
import type { Running } from './broker.ts'

/** A subscription of a queue group that can be given up and taken again around a move. */
export class Serving implements Running {
  readonly #open: () => Subscription
  #subscription: Subscription
  #isAway = false
  #isStopped = false

  constructor(open: () => Subscription) {
    this.#open = open
    this.#subscription = open()
  }

  get subscription(): Subscription {
    return this.#subscription
  }

  /** Takes nothing more from here; resolved once all that the broker had sent is handed over. */
  leave(): Promise<void> {
    if (this.#isAway || this.#isStopped) return Promise.resolve()
    this.#isAway = true
    return this.#subscription.drain()
  }

  /** Takes from the broker again. */
  resume(): void {
    if (!this.#isAway || this.#isStopped) return
    this.#isAway = false
    this.#subscription = this.#open()
  }

  stop(): Promise<void> {
    this.#isStopped = true
    return this.#isAway ? Promise.resolve() : this.#subscription.drain()
  }
}
