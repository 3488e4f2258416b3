import { MICROS_PER_POINT } from '@meshboard/contracts'

const MS_PER_MINUTE = 60_000n
const FULL_SCORE_TENTHS = 1_000n

/** Time online, as a connection accrued it. */
export interface Uptime {
  /** A whole number, 0 or more. */
  readonly onlineMs: number
  /** 0 to 1000. */
  readonly scoreTenths: number
}

/**
 * What time online earns, in micropoints: one point for each minute × score ÷ 100, rounded down.
 * So the same time reported in pieces never earns more than at once.
 */
export const uptimeMicros = ({ onlineMs, scoreTenths }: Uptime): bigint =>
  (MICROS_PER_POINT * BigInt(onlineMs) * BigInt(scoreTenths)) / (MS_PER_MINUTE * FULL_SCORE_TENTHS)

/** A score of the wire, 0 to 100 with one decimal, in tenths. */
export const toTenths = (score: number): number => Math.round(score * 10)
