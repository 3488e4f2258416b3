import type { LedgerEntry, PostedEntry } from '../domain/entry.ts'
import type { Source } from '../domain/posting.ts'
import type { Inputs, RuleName } from '../domain/rules.ts'

/** A row of `entries` as the driver gives it: `bigint` columns as text. */
export interface PostedRow {
  id: string
  account_id: string
  version: string
  amount_micros: string
  balance_micros: string
  inputs: Inputs
  created_at: Date
}

/** The same with what its transaction says. */
export interface EntryRow extends PostedRow {
  source: Source
  rule: RuleName
  source_event: string
  trace_id: string
}

export const toPosted = (row: PostedRow): PostedEntry => ({
  id: row.id,
  accountId: row.account_id,
  micros: BigInt(row.amount_micros),
  balanceMicros: BigInt(row.balance_micros),
  at: row.created_at,
})

export const toLedgerEntry = (row: EntryRow): LedgerEntry => ({
  id: row.id,
  userId: row.account_id,
  version: BigInt(row.version),
  micros: BigInt(row.amount_micros),
  balanceMicros: BigInt(row.balance_micros),
  at: row.created_at,
  source: row.source,
  rule: row.rule,
  inputs: row.inputs,
  sourceEvent: row.source_event,
  traceId: row.trace_id,
})
