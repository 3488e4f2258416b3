import { FRESH_RUN } from '../reconnect-policy.ts'
import type { State, StateContext } from '../transitions.ts'

/** Made, and not asked to connect yet. */
export class Idle implements State {
  readonly #moves: StateContext<'idle'>['moves']

  constructor({ moves }: StateContext<'idle'>) {
    this.#moves = moves
  }

  connect(): void {
    this.#moves.idleToConnecting({ run: FRESH_RUN })
  }

  close(): void {
    this.#moves.idleToClosed({})
  }

  leave(): void {}
}
