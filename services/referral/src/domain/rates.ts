import { MICROS_PER_POINT } from '@meshboard/contracts'

/** The rate table by its name and version; a change of a rate is a new version. */
export const RATES_RULE = 'referral-rates@1'

/** Of what a referee has earned, in millionths: level 1 first. */
const RATES = [100_000n, 50_000n] as const

/** How many levels have a rate. */
export const LEVELS_MAX = RATES.length

/** The least that gives level 1 a micropoint, so that no reward is empty. */
export const REWARDED_MICROS_MIN = MICROS_PER_POINT / RATES[0]

/** The rate of a level in millionths: 100,000 is 10 %. A level without one gives nothing. */
export const rateOf = (level: number): bigint => RATES[level - 1] ?? 0n

/** What a referrer gets at that level, in micropoints, rounded down. */
export const rewardMicros = (earnedMicros: bigint, level: number): bigint =>
  (earnedMicros * rateOf(level)) / MICROS_PER_POINT
