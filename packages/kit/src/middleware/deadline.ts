import { failure } from '@meshboard/contracts'
import type { Middleware } from './middleware.ts'

/** Aborts the call at its deadline and fails it then, whatever its handler still does. */
export const deadline: Middleware = async (incoming, next) => {
  const abort = new AbortController()
  incoming.signal = abort.signal
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const late = failure('deadline_exceeded')
    reject(late)
    abort.abort(late)
  }, incoming.deadline - Date.now())
  try {
    return await Promise.race([next(), expired])
  } finally {
    clearTimeout(timer)
  }
}
