import {
  type ClientFrame,
  Failure,
  type ServerFrame,
  type ServerFrameOf,
} from '@meshboard/contracts/client'
import { opens, type Pass, passIn } from '../pass.ts'
import { FRESH_RUN, type Loss } from '../reconnect-policy.ts'
import { signIn } from '../sign-in.ts'
import type { Given, State, StateContext } from '../transitions.ts'
import { settleLoss } from './settle-loss.ts'

/** An edge that is silent for this many ping intervals is taken for gone. */
const SILENT_INTERVALS = 2.5

/** Signed in: answers pings, renews the login, and notices an edge that has gone silent. */
export class Open implements State {
  readonly #context: StateContext<'open'>
  readonly #given: Given['open']
  readonly #stable: ReturnType<typeof setTimeout>
  #silence: ReturnType<typeof setTimeout>
  #goingAway: ReturnType<typeof setTimeout> | undefined
  #run: Given['open']['run']
  #heardAt = performance.now()
  #pass: Pass | undefined

  constructor(context: StateContext<'open'>, given: Given['open']) {
    this.#context = context
    this.#given = given
    this.#run = given.run
    this.#pass = passIn(given.session)
    given.wire.listen({
      frame: (frame) => this.#hear(frame),
      closed: (code, reason) => this.#lost({ kind: 'closed', code, reason }),
    })
    const { stableMs } = context.settings.reconnect
    this.#stable = setTimeout(() => (this.#run = FRESH_RUN), stableMs)
    this.#silence = setTimeout(() => this.#checkSilence(), this.#silentMs())
  }

  send(frames: ClientFrame | readonly ClientFrame[]): void {
    this.#given.wire.send(frames)
  }

  close(): void {
    this.#given.wire.close()
    this.#context.moves.openToClosed({})
  }

  leave(): void {
    clearTimeout(this.#stable)
    clearTimeout(this.#silence)
    clearTimeout(this.#goingAway)
  }

  #hear(frame: ServerFrame): void {
    this.#heardAt = performance.now()
    this.#pass = passIn(frame) ?? this.#pass
    switch (frame.type) {
      case 'ping':
        return this.send({ type: 'pong' })
      case 'going_away':
        return this.#prepareToMove(frame.after_ms)
      case 'warning':
        if (frame.code === 'auth_expiring') void this.#renew(frame)
        return this.#context.deliver(frame)
      default:
        return this.#context.deliver(frame)
    }
  }

  /** The edge names the moment, so that a restart does not bring all its clients at once. */
  #prepareToMove(afterMs: number): void {
    clearTimeout(this.#goingAway)
    const { wire, welcome } = this.#given
    this.#goingAway = setTimeout(
      () => this.#context.moves.openToMoving({ run: this.#run, wire, welcome, ...this.#passOn() }),
      afterMs,
    )
  }

  /** What goes wrong here the edge answers with an error, and after its grace with a close code. */
  async #renew({ details }: ServerFrameOf<'warning'>): Promise<void> {
    const { challenge, now } = details ?? {}
    try {
      this.send(
        await signIn(this.#context.settings, { challenge: text(challenge), now: text(now) ?? '' }),
      )
    } catch (cause) {
      const failure = cause instanceof Failure ? cause : undefined
      const message = failure?.message ?? 'The login could not be renewed.'
      const details = { message, code: failure?.code ?? 'unauthorized' }
      this.#context.deliver({ type: 'warning', code: 'auth_expiring', details })
    }
  }

  #passOn(): { pass?: Pass } {
    return opens(this.#pass) ? { pass: this.#pass } : {}
  }

  #silentMs(): number {
    return SILENT_INTERVALS * this.#given.welcome.ping_interval_ms
  }

  /** By the clock and not by the timer: a timer of a background tab is late, and must not cry wolf. */
  #checkSilence(): void {
    const leftMs = this.#heardAt + this.#silentMs() - performance.now()
    if (leftMs > 0) this.#silence = setTimeout(() => this.#checkSilence(), leftMs)
    else this.#lost({ kind: 'closed', code: 1006, reason: 'nothing heard from the edge' })
  }

  #lost(loss: Loss): void {
    const { moves, settings } = this.#context
    const { wire, welcome } = this.#given
    wire.close()
    settleLoss(loss, {
      run: this.#run,
      settings,
      windowMs: welcome.reconnect_window_ms,
      wait: (given) => moves.openToWaiting({ ...given, ...this.#passOn() }),
      stop: moves.openToClosed,
    })
    this.#context.ended(wire)
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
