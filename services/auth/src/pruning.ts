import { setTimeout as sleep } from 'node:timers/promises'
import type { Runtime, Task } from '@meshboard/kit'
import type { Deps } from './deps.ts'

const PAUSE_MS = 60_000

/** Forgets, once a minute, proofs that nobody would believe any more and sessions long ended. */
export const pruning: Task<Deps> = {
  name: 'pruning',
  start(runtime, deps) {
    const stopping = new AbortController()
    const running = repeat({ runtime, deps, signal: stopping.signal })
    return Promise.resolve({
      async stop() {
        stopping.abort()
        await running
      },
    })
  },
}

interface Repeating {
  runtime: Runtime
  deps: Deps
  signal: AbortSignal
}

const repeat = async ({ runtime, deps, signal }: Repeating): Promise<void> => {
  while (!signal.aborted) {
    try {
      await prune(deps)
    } catch (error) {
      runtime.log.warn({ err: error }, 'pruning failed, will be tried again')
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
  }
}

const prune = async ({ database, usedProofs, sessions }: Deps): Promise<void> => {
  const now = new Date()
  await usedProofs.prune(database.query, now)
  await sessions.prune(database.query, now)
}
