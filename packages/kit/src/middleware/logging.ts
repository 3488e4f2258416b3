import { Failure } from '@meshboard/contracts'
import type { Incoming } from '../incoming.ts'
import type { Logger } from '../logger.ts'

/** One line a call: who, what, how it ended, how long it took. */
export const logging = (log: Logger) => {
  const line = (incoming: Incoming, outcome: string) => ({
    procedure: incoming.procedure.name,
    outcome,
    duration_ms: Date.now() - incoming.receivedAt,
  })
  return {
    answered(incoming: Incoming): void {
      if (log.isLevelEnabled('debug')) log.debug(line(incoming, 'ok'), 'call answered')
    },
    /** A fault is logged with its cause. */
    failed(incoming: Incoming, error: unknown): void {
      const outcome = error instanceof Failure ? error.code : 'internal'
      const isExpected = error instanceof Failure && error.cause === undefined
      if (!isExpected) log.error({ ...line(incoming, outcome), err: error }, 'call failed')
      else if (log.isLevelEnabled('debug')) log.debug(line(incoming, outcome), 'call refused')
    },
  }
}
