import type { ClientFrame, ServerFrame, ServerFrameOf } from '@meshboard/contracts/client'
import { SUBPROTOCOL } from '@meshboard/contracts/client'
import { fullJitter, type Loss } from '../reconnect-policy.ts'
import { signIn } from '../sign-in.ts'
import type { Given, State, StateContext } from '../transitions.ts'
import { Wire } from '../wire.ts'
import { settleLoss } from './settle-loss.ts'

/**
 * The edge is going away: signs in on a new socket while the old one goes on, so that there is never
 * none. A new one that fails is tried again for as long as the old one stays.
 */
export class Moving implements State {
  readonly #context: StateContext<'moving'>
  readonly #given: Given['moving']
  #next: Wire | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0

  constructor(context: StateContext<'moving'>, given: Given['moving']) {
    this.#context = context
    this.#given = given
    given.wire.listen({
      frame: (frame) => this.#hearOld(frame),
      closed: (code, reason) => this.#lost({ kind: 'closed', code, reason }),
    })
    this.#open()
  }

  send(frames: ClientFrame | readonly ClientFrame[]): void {
    this.#given.wire.send(frames)
  }

  close(): void {
    this.#given.wire.close()
    this.#next?.close()
    this.#context.moves.movingToClosed({})
  }

  leave(): void {
    clearTimeout(this.#timer)
  }

  #open(): void {
    const { url, transport, welcomeTimeoutMs, signInTimeoutMs } = this.#context.settings
    const target = { url, subprotocol: SUBPROTOCOL, openTimeoutMs: welcomeTimeoutMs }
    const next = new Wire((wire) => transport(target, wire))
    this.#next = next
    let welcome: ServerFrameOf<'welcome'> | undefined
    next.listen({
      frame: (frame) => {
        if (frame.type === 'ping') next.send({ type: 'pong' })
        if (frame.type === 'error') this.#again(next)
        if (frame.type === 'welcome') void this.#greet(next, (welcome = frame))
        if (frame.type === 'auth_success' && welcome) this.#arrive(next, welcome, frame)
      },
      closed: () => this.#again(next),
    })
    this.#timer = setTimeout(() => this.#again(next), welcomeTimeoutMs + signInTimeoutMs)
  }

  async #greet(wire: Wire, welcome: ServerFrameOf<'welcome'>): Promise<void> {
    wire.limit(welcome.limits.frame_in_bytes)
    try {
      const frame = await signIn(
        this.#context.settings,
        welcome,
        this.#attempt === 0 ? this.#given.pass : undefined,
      )
      if (this.#next === wire) wire.send(frame)
    } catch {
      this.#again(wire)
    }
  }

  #arrive(
    ...[wire, welcome, session]: [Wire, Given['open']['welcome'], Given['open']['session']]
  ): void {
    const { run, wire: leaving } = this.#given
    this.#next = undefined
    this.#context.moves.movingToOpen({ run, wire, welcome, session, leaving })
  }

  /** Drops a new socket that came to nothing, and tries another a little later. */
  #again(failed: Wire): void {
    if (this.#next !== failed) return
    clearTimeout(this.#timer)
    failed.close()
    this.#next = undefined
    const { reconnect } = this.#context.settings
    const delayMs = fullJitter((this.#attempt += 1), { reconnect, random: Math.random })
    this.#timer = setTimeout(() => this.#open(), delayMs)
  }

  #hearOld(frame: ServerFrame): void {
    if (frame.type === 'ping') return this.send({ type: 'pong' })
    if (frame.type !== 'going_away') this.#context.deliver(frame)
  }

  #lost(loss: Loss): void {
    const { moves, settings } = this.#context
    const { run, wire, welcome, pass } = this.#given
    this.#next?.close()
    settleLoss(loss, {
      run,
      settings,
      windowMs: welcome.reconnect_window_ms,
      wait: (given) => moves.movingToWaiting({ ...given, ...(pass && { pass }) }),
      stop: moves.movingToClosed,
    })
    this.#context.ended(wire)
  }
}
