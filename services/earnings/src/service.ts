import { earnings } from '@meshboard/contracts'
import { outboxRelay } from '@meshboard/db'
import { defineService } from '@meshboard/kit'
import { config } from './config.ts'
import { creditOnRewarded } from './consumers/credit-on-rewarded.ts'
import { creditOnUptimeAccrued } from './consumers/credit-on-uptime-accrued.ts'
import { openDeps } from './deps.ts'
import { ledgerWatch } from './ledger-watch.ts'
import { explain } from './procedures/explain.ts'
import { getSummary } from './procedures/get-summary.ts'
import { listEntries } from './procedures/list-entries.ts'
import { uses } from './uses.ts'

export const service = defineService({
  contract: earnings,
  config,
  uses,
  open: openDeps,
  procedures: { getSummary, listEntries, explain },
  consumers: [creditOnUptimeAccrued, creditOnRewarded],
  tasks: [outboxRelay, ledgerWatch],
})
