import type { Failure } from '@meshboard/contracts/client'
import { lossFailure } from '../loss-failure.ts'
import type { Settings } from '../options.ts'
import { type Loss, nextStep, type Run } from '../reconnect-policy.ts'

interface Loser {
  run: Run
  settings: Settings
  /** The edge's reconnect window, milliseconds, when the login was done. */
  windowMs?: number
  wait: (given: { run: Run; delayMs: number; failure: Failure }) => void
  stop: (given: { failure: Failure }) => void
}

/** Leaves a state that has lost its connection, to wait or for good, as the policy says. */
export const settleLoss = (loss: Loss, { settings, wait, stop, ...rest }: Loser): void => {
  const failure = lossFailure(loss)
  const { reconnect } = settings
  const step = nextStep({ loss, ...rest, reconnect, random: Math.random })
  if (step.do === 'stop') return stop({ failure })
  wait({ run: step.run, delayMs: step.delayMs, failure })
}
