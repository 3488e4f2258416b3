import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig, integer } from '@meshboard/kit'

export const config = defineConfig({
  ...databaseConfig,
  connectionsPerUserMax: integer({
    env: 'NETWORK_CONNECTIONS_PER_USER_MAX',
    meaning: 'Open connections of a user; one more is refused with `conflict`.',
    default: 10,
    min: 1,
    max: 100,
  }),
  connectionsListedMax: integer({
    env: 'NETWORK_CONNECTIONS_LISTED_MAX',
    meaning: 'Connections in a list; older ones are left out and can still be read by their id.',
    default: 100,
    min: 1,
    max: 1_000,
  }),
  accrualPeriodMs: integer({
    env: 'NETWORK_ACCRUAL_PERIOD_MS',
    meaning: 'Time online accrues in whole periods of this length.',
    default: 60_000,
    min: 1_000,
    max: 3_600_000,
  }),
  staleMs: integer({
    env: 'NETWORK_STALE_MS',
    meaning: 'A device not heard of for longer is shown as stale.',
    default: 45_000,
    min: 500,
    max: 3_600_000,
  }),
  silenceMs: integer({
    env: 'NETWORK_SILENCE_MS',
    meaning: 'A device not heard of for longer is offline; such a gap is no time online.',
    default: 60_000,
    min: 1_000,
    max: 3_600_000,
  }),
  sweepMs: integer({
    env: 'NETWORK_SWEEP_MS',
    meaning: 'How often silent connections are looked for.',
    default: 5_000,
    min: 50,
    max: 600_000,
  }),
})

export type Config = ConfigOf<typeof config>
