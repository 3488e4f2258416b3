import type { Given, State, StateContext } from '../transitions.ts'

/** Between two attempts: waits out the delay the policy chose. */
export class Waiting implements State {
  readonly #moves: StateContext<'waiting'>['moves']
  readonly #timer: ReturnType<typeof setTimeout>

  constructor({ moves }: StateContext<'waiting'>, { run, delayMs, pass }: Given['waiting']) {
    this.#moves = moves
    this.#timer = setTimeout(
      () => moves.waitingToConnecting({ run, ...(pass && { pass }) }),
      delayMs,
    )
  }

  close(): void {
    this.#moves.waitingToClosed({})
  }

  leave(): void {
    clearTimeout(this.#timer)
  }
}
