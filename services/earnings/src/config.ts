import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig, integer } from '@meshboard/kit'

export const config = defineConfig({
  ...databaseConfig,
  ledgerCheckMs: integer({
    env: 'EARNINGS_LEDGER_CHECK_MS',
    meaning:
      'How often the whole ledger is added up; what does not add up shows in the metrics at most so much later.',
    default: 60_000,
    min: 50,
    max: 86_400_000,
  }),
})

export type Config = ConfigOf<typeof config>
