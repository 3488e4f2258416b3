import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'

const PRUNE_MS = 10 * 60 * 1000
/** Notifications deleted by one statement. */
const BATCH = 1_000

/** Deletes what is older than it is kept for. Any number of instances may do it at a time. */
export const prune: Task<Deps, Config> = {
  name: 'prune',
  start({ log }, deps) {
    const stopping = new AbortController()
    const { signal } = stopping
    const run = async () => {
      while (!signal.aborted) {
        await pruneOnce(deps, signal).catch((error: unknown) =>
          log.warn({ err: error }, 'prune interrupted, will go on'),
        )
        await sleep(PRUNE_MS, undefined, { signal }).catch(() => undefined)
      }
    }
    const running = run()
    return Promise.resolve({
      stop() {
        stopping.abort()
        return running
      },
    })
  },
}

const pruneOnce = async (deps: Deps, signal: AbortSignal): Promise<void> => {
  const { database, notifications, times } = deps
  let deleted = BATCH
  while (deleted === BATCH && !signal.aborted)
    deleted = await notifications.deleteOld(database.query, { days: times.keepDays, max: BATCH })
}
