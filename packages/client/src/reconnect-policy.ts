import { type Failure, afterClose } from '@meshboard/contracts/client'
import type { ReconnectOptions } from './options.ts'

/** How a connection, or the attempt at one, ended. */
export type Loss =
  | { kind: 'closed'; code: number; reason: string }
  /** The edge, or the application's own credentials, refused the login. */
  | { kind: 'refused'; failure: Failure }

/** What a row of attempts has been through since the last stable connection. */
export interface Run {
  /** Attempts that ended, 0 at the first. */
  readonly attempt: number
  readonly signInsRefused: number
}

/** The run of a client that has lost nothing yet. */
export const FRESH_RUN: Run = { attempt: 0, signInsRefused: 0 }

/** What follows a loss: nothing more, or another attempt after a delay in milliseconds. */
export type NextStep = { do: 'stop' } | { do: 'wait'; delayMs: number; run: Run }

interface Circumstances {
  loss: Loss
  run: Run
  /** The edge's `reconnect_window_ms`, when a signed-in connection was lost. */
  windowMs?: number
  reconnect: Required<ReconnectOptions>
  /** Uniform in [0, 1). */
  random: () => number
}

/** The least delay after a 4400 code, milliseconds. */
const BACK_OFF_MS = 30_000
/** Over how long a first try spreads after the edge closed for a fault of its own, milliseconds. */
const AT_ONCE_MS = 1_000

/** The delay before attempt number `attempt`: uniform between 0 and the doubled, capped bound. */
export const fullJitter = (
  attempt: number,
  { reconnect, random }: Pick<Circumstances, 'reconnect' | 'random'>,
): number => random() * Math.min(reconnect.maxMs, reconnect.initialMs * 2 ** attempt)

/** Decides what follows a loss; pure. A login is tried again once until a connection was stable. */
export const nextStep = (now: Circumstances): NextStep => {
  const { loss, run } = now
  const wait = (delayMs: number, signInsRefused = run.signInsRefused): NextStep => ({
    do: 'wait',
    delayMs,
    run: { attempt: run.attempt + 1, signInsRefused },
  })
  const after = loss.kind === 'closed' ? afterClose(loss.code) : afterRefusal(loss.failure)

  switch (after) {
    case 'stop':
      return { do: 'stop' }
    case 'sign_in':
      if (run.signInsRefused > 0) return { do: 'stop' }
      return wait(fullJitter(run.attempt, now), run.signInsRefused + 1)
    case 'reconnect_later':
      return wait(askedDelayMs(loss) ?? fullJitter(run.attempt, now))
    case 'back_off':
      return wait((askedDelayMs(loss) ?? BACK_OFF_MS) + fullJitter(run.attempt, now))
    case 'reconnect':
      return wait(reconnectDelayMs(now))
  }
}

const afterRefusal = ({ code, retry }: Failure): 'stop' | 'sign_in' | 'reconnect_later' => {
  if (code === 'unknown_key' || code === 'unsupported' || code === 'invalid') return 'stop'
  return retry === 'later' || retry === 'now' ? 'reconnect_later' : 'sign_in'
}

/** Only the first try after a loss is spread by the edge's wish; the rest backs off. */
const reconnectDelayMs = (now: Circumstances): number => {
  const { loss, run, windowMs, random } = now
  if (run.attempt > 0) return fullJitter(run.attempt, now)
  if (loss.kind === 'closed' && loss.code >= 4200) return random() * AT_ONCE_MS
  return windowMs === undefined ? fullJitter(0, now) : random() * windowMs
}

/** The delay a refusal or a close reason names, `… 1500 ms`. */
const askedDelayMs = (loss: Loss): number | undefined => {
  if (loss.kind === 'refused') return loss.failure.retryAfterMs
  const named = /(\d{1,7}) ?ms\b/.exec(loss.reason)?.[1]
  return named === undefined ? undefined : Number(named)
}
