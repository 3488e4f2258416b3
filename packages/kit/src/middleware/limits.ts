import { failure } from '@meshboard/contracts'
import type { Middleware } from './middleware.ts'

const RETRY_AFTER_MS = 200

/** Refuses with `overloaded`, at once, what comes beyond `max` calls in flight. */
export const limits = (max: number): Middleware => {
  let inFlight = 0
  return async (_incoming, next) => {
    if (inFlight >= max) throw failure('overloaded', { retryAfterMs: RETRY_AFTER_MS })
    inFlight += 1
    try {
      return await next()
    } finally {
      inFlight -= 1
    }
  }
}
