import { type OutputOf, type earnings, toPoints } from '@meshboard/contracts'
import type { Source } from './posting.ts'
import { type Inputs, type RuleName, ruleOf } from './rules.ts'

/** An entry as it was just made. */
export interface PostedEntry {
  readonly id: string
  readonly accountId: string
  readonly micros: bigint
  readonly balanceMicros: bigint
  readonly at: Date
}

/** One line of a user's ledger. */
export interface LedgerEntry {
  readonly id: string
  readonly userId: string
  /** The account's count of entries with this one. */
  readonly version: bigint
  readonly micros: bigint
  readonly balanceMicros: bigint
  readonly at: Date
  readonly source: Source
  readonly rule: RuleName
  readonly inputs: Inputs
  /** The event that caused it, and the trace it came in. */
  readonly sourceEvent: string
  readonly traceId: string
}

/** An entry as its user sees it. */
export const toEntry = (
  entry: LedgerEntry,
): OutputOf<typeof earnings.procedures.explain>['entry'] => ({
  id: entry.id,
  user_id: entry.userId,
  amount: toPoints(entry.micros),
  source: entry.source,
  timestamp: entry.at.toISOString(),
  balance_after: toPoints(entry.balanceMicros),
  explanation: ruleOf(entry.rule).explain(entry.inputs),
})
