import { Failure } from '@meshboard/contracts'
import type { Metrics } from '../metrics.ts'
import type { Middleware } from './middleware.ts'

/** Counts and times the call, with its outcome. */
export const measuring =
  (metrics: Metrics): Middleware =>
  async ({ procedure }, next) => {
    const done = metrics.answerStarted(procedure.name)
    try {
      const output = await next()
      done('ok')
      return output
    } catch (error) {
      done(error instanceof Failure ? error.code : 'internal')
      throw error
    }
  }
