import { type ServerFrame, SUBPROTOCOL } from '@meshboard/contracts/client'
import type { Given, State, StateContext } from '../transitions.ts'
import { Wire } from '../wire.ts'
import { settleLoss } from './settle-loss.ts'

/** Opens a socket and waits for the edge's welcome. */
export class Connecting implements State {
  readonly #context: StateContext<'connecting'>
  readonly #given: Given['connecting']
  readonly #wire: Wire
  readonly #timer: ReturnType<typeof setTimeout>

  constructor(context: StateContext<'connecting'>, given: Given['connecting']) {
    this.#context = context
    this.#given = given
    const { url, transport, welcomeTimeoutMs } = context.settings
    const target = { url, subprotocol: SUBPROTOCOL, openTimeoutMs: welcomeTimeoutMs }
    this.#wire = new Wire((wire) => transport(target, wire))
    this.#wire.listen({
      frame: (frame) => this.#hear(frame),
      closed: (code, reason) => this.#lost(code, reason),
    })
    this.#timer = setTimeout(() => this.#lost(1006, 'no welcome in time'), welcomeTimeoutMs)
  }

  close(): void {
    this.#wire.close()
    this.#context.moves.connectingToClosed({})
  }

  leave(): void {
    clearTimeout(this.#timer)
  }

  #hear(frame: ServerFrame): void {
    if (frame.type !== 'welcome') return
    const { run, pass } = this.#given
    this.#wire.limit(frame.limits.frame_in_bytes)
    const given = { run, wire: this.#wire, welcome: frame, ...(pass && { pass }) }
    this.#context.moves.connectingToGreeting(given)
  }

  #lost(code: number, reason: string): void {
    const { moves, settings } = this.#context
    const { run, pass } = this.#given
    this.#wire.close()
    settleLoss(
      { kind: 'closed', code, reason },
      {
        run,
        settings,
        wait: (given) => moves.connectingToWaiting({ ...given, ...(pass && { pass }) }),
        stop: moves.connectingToClosed,
      },
    )
  }
}
