import { Failure } from '@meshboard/contracts'
import type { Logger } from '../logger.ts'
import type { Middleware } from './middleware.ts'

/** One line a call: who, what, how it ended, how long it took. A bug is logged with its cause. */
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
      if (error instanceof Failure) log.debug(line(error.code), 'call refused')
      else log.error({ ...line('internal'), err: error }, 'call failed')
      throw error
    }
  }
