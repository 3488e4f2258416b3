import { Failure } from '@meshboard/contracts'
import type { Logger } from '../logger.ts'
import type { Middleware } from './middleware.ts'

/** One line a call: who, what, how it ended, how long it took. A fault is logged with its cause. */
export const logging =
  (log: Logger): Middleware =>
  async (incoming, next) => {
    const line = (outcome: string) => ({
      procedure: incoming.procedure.name,
      user_id: incoming.caller?.userId,
      outcome,
      duration_ms: Date.now() - incoming.receivedAt,
    })
    try {
      const output = await next()
      log.debug(line('ok'), 'call answered')
      return output
    } catch (error) {
      const expected = error instanceof Failure && error.cause === undefined
      if (expected) log.debug(line(error.code), 'call refused')
      else log.error({ ...line(codeOf(error)), err: error }, 'call failed')
      throw error
    }
  }

const codeOf = (error: unknown): string => (error instanceof Failure ? error.code : 'internal')
