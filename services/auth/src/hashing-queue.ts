import { failure } from '@meshboard/contracts'

/** Lets a few works run at a time and some wait, in order. */
export interface HashingQueue {
  /** Fails `overloaded`, at once, when too many wait; what waits leaves when `signal` aborts. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

const RETRY_AFTER_MS = 1_000

export const createHashingQueue = ({
  runningMax,
  waitingMax,
}: {
  runningMax: number
  waitingMax: number
}): HashingQueue => {
  const waiting = new Set<() => void>()
  let running = 0

  const enter = async (signal: AbortSignal): Promise<void> => {
    if (running < runningMax) return void (running += 1)
    if (waiting.size >= waitingMax) throw failure('overloaded', { retryAfterMs: RETRY_AFTER_MS })
    const { promise: turn, resolve, reject } = Promise.withResolvers<void>()
    const leave = () => {
      waiting.delete(resolve)
      reject(signal.reason)
    }
    waiting.add(resolve)
    signal.addEventListener('abort', leave, { once: true })
    await turn.finally(() => signal.removeEventListener('abort', leave))
  }
  // Whoever leaves hands its place to the one who waits longest.
  const leave = (): void => {
    const [next] = waiting
    if (!next) return void (running -= 1)
    waiting.delete(next)
    next()
  }

  return {
    async run(work, signal) {
      signal.throwIfAborted()
      await enter(signal)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
