import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { createLedgerMetrics } from './ledger-metrics.ts'

/** Adds the ledger up, again and again. Any number of instances may: it only reads. */
export const ledgerWatch: Task<Deps, Config> = {
  name: 'ledger watch',
  start({ config, log, metrics }, { database, ledger }) {
    const counts = createLedgerMetrics(metrics.registry)
    const stopping = new AbortController()
    const { signal } = stopping
    const look = async () => {
      try {
        const deviation = await ledger.deviation(database.query)
        counts.looked(deviation)
        const { imbalanceMicros, accountsAstray } = deviation
        if (imbalanceMicros === 0n && accountsAstray === 0) return
        const found = { imbalance_micros: String(imbalanceMicros), accounts_astray: accountsAstray }
        log.error(found, 'the ledger does not add up')
      } catch (error) {
        log.warn({ err: error }, 'the ledger could not be added up, will be tried again')
      }
    }
    const run = async () => {
      while (!signal.aborted) {
        await look()
        await sleep(config.ledgerCheckMs, undefined, { signal }).catch(() => undefined)
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
