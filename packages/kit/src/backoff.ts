import { setTimeout as sleep } from 'node:timers/promises'

/** A delay that doubles with each attempt, up to a cap. Milliseconds. */
export interface Backoff {
  firstMs: number
  maxMs: number
}

/** The wait before attempt `attempt` (1, 2, 3 …): full jitter, between 0 and the capped delay. */
export const delayBefore = (attempt: number, { firstMs, maxMs }: Backoff): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** (attempt - 1))

/**
 * Runs `work` until it succeeds, waiting in between. `onFault` sees each failure. When the signal
 * aborts, it ends with the last failure.
 */
export const persist = async <T>(
  work: () => Promise<T>,
  options: {
    backoff: Backoff
    signal: AbortSignal
    onFault: (error: unknown, attempt: number) => void
  },
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    options.signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      options.onFault(error, attempt)
      const waited = sleep(delayBefore(attempt, options.backoff), true, { signal: options.signal })
      if (!(await waited.catch(() => false))) throw error
    }
  }
}
