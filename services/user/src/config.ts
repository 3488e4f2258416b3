import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig, integer } from '@meshboard/kit'

export const config = defineConfig({
  ...databaseConfig,
  preferencesMax: integer({
    env: 'USER_PREFERENCES_MAX',
    meaning: 'Settings that a user can keep; more are refused with `invalid`.',
    default: 64,
    min: 1,
    max: 1_000,
  }),
})

export type Config = ConfigOf<typeof config>
