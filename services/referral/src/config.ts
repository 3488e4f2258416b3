import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig, integer } from '@meshboard/kit'
import { LEVELS_MAX, REWARDED_MICROS_MIN } from './domain/rates.ts'

export const config = defineConfig({
  ...databaseConfig,
  levels: integer({
    env: 'REFERRAL_LEVELS',
    meaning: 'Levels of the tree that a new user counts for: 1 is who brought them.',
    default: 2,
    min: 1,
    max: LEVELS_MAX,
  }),
  completionMicropoints: integer({
    env: 'REFERRAL_COMPLETION_MICROPOINTS',
    meaning: 'What a referee must have earned for the reward; 1000000 is one point.',
    default: 10_000_000,
    min: Number(REWARDED_MICROS_MIN),
    max: Number.MAX_SAFE_INTEGER,
  }),
})

export type Config = ConfigOf<typeof config>
