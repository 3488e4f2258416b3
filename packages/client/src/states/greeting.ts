import { Failure, failure, type ServerFrame } from '@meshboard/contracts/client'
import { failureOf } from '../failure-of.ts'
import type { Loss } from '../reconnect-policy.ts'
import { signIn } from '../sign-in.ts'
import type { Given, State, StateContext } from '../transitions.ts'
import { settleLoss } from './settle-loss.ts'

/** Signs in on a socket that has been welcomed. */
export class Greeting implements State {
  readonly #context: StateContext<'greeting'>
  readonly #given: Given['greeting']
  readonly #timer: ReturnType<typeof setTimeout>
  #left = false

  constructor(context: StateContext<'greeting'>, given: Given['greeting']) {
    this.#context = context
    this.#given = given
    given.wire.listen({
      frame: (frame) => this.#hear(frame),
      closed: (code, reason) => this.#lost({ kind: 'closed', code, reason }),
    })
    this.#timer = setTimeout(
      () => this.#lost({ kind: 'closed', code: 1006, reason: 'no login in time' }),
      context.settings.signInTimeoutMs,
    )
    void this.#signIn()
  }

  close(): void {
    this.#given.wire.close()
    this.#context.moves.greetingToClosed({})
  }

  leave(): void {
    this.#left = true
    clearTimeout(this.#timer)
  }

  async #signIn(): Promise<void> {
    const { wire, welcome, pass } = this.#given
    if (!welcome.auth_required) return
    try {
      const frame = await signIn(this.#context.settings, welcome, pass)
      if (!this.#left) wire.send(frame)
    } catch (cause) {
      this.#lost({ kind: 'refused', failure: credentialsFailure(cause) })
    }
  }

  #hear(frame: ServerFrame): void {
    const { run, wire, welcome } = this.#given
    if (frame.type === 'ping') return wire.send({ type: 'pong' })
    if (frame.type === 'error') {
      return this.#lost({ kind: 'refused', failure: failureOf(frame) })
    }
    if (frame.type !== 'auth_success') return
    this.#context.moves.greetingToOpen({ run, wire, welcome, session: frame })
  }

  #lost(loss: Loss): void {
    const { moves, settings } = this.#context
    const { run, wire } = this.#given
    wire.close()
    settleLoss(loss, { run, settings, wait: moves.greetingToWaiting, stop: moves.greetingToClosed })
  }
}

/** Why the application could not give its credentials just now; its own Failure keeps its advice. */
const credentialsFailure = (cause: unknown): Failure => {
  if (cause instanceof Failure) return cause
  const words = cause instanceof Error ? cause.message : String(cause)
  return failure('unauthorized', { message: `No credentials: ${words}`, retry: 'later' })
}
