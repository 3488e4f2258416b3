import { Gauge, type Registry } from '@prometheus-io/client'
import type { Deviation } from './store/ledger-store.ts'

/** What is measured of the ledger as a whole. */
export interface LedgerMetrics {
  /** It was added up. */
  looked(deviation: Deviation): void
}

/** Registers the measurements of the ledger. */
export const createLedgerMetrics = (registry: Registry): LedgerMetrics => {
  const registers = [registry]
  let lookedAt = performance.now()
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
  const imbalance = gauge('earnings_ledger_imbalance_micros', 'What all balances add up to.')
  const astray = gauge(
    'earnings_ledger_accounts_astray',
    'Accounts whose balance is not that of their last entry.',
  )
  new Gauge({
    name: 'earnings_ledger_check_age_seconds',
    help: 'Since the ledger was last added up.',
    registers,
    collect() {
      this.set((performance.now() - lookedAt) / 1_000)
    },
  })
  return {
    looked({ imbalanceMicros, accountsAstray }) {
      imbalance.set(Number(imbalanceMicros))
      astray.set(accountsAstray)
      lookedAt = performance.now()
    },
  }
}
