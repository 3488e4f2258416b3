import { failure } from '@meshboard/contracts'
import { type Queryable, type Tx, isUniqueViolation } from '@meshboard/db'
import { newId } from '@meshboard/kit'
import type { LedgerEntry, PostedEntry } from '../domain/entry.ts'
import { type Posting, type Source, fingerprintOf } from '../domain/posting.ts'
import { type EntryRow, type PostedRow, toLedgerEntry, toPosted } from './entry-row.ts'

/** What made somebody post. */
export interface Cause {
  readonly sourceEvent: string
  readonly traceId: string
}

/** What a user has. */
export interface Summary {
  readonly balanceMicros: bigint
  readonly earnedMicros: Readonly<Record<Source, bigint>>
  readonly entries: number
  readonly lastEntryAt: Date | undefined
}

/** By how much the ledger does not hold; all 0 when it does. */
export interface Deviation {
  /** What the balances of all accounts add up to. */
  readonly imbalanceMicros: bigint
  /** Accounts whose balance is not that of their last entry. */
  readonly accountsAstray: number
}

interface Rows<Row> {
  rows: Row[]
}

/** Every statement about the tables of the ledger. */
export const ledgerStore = {
  /**
   * Posts, in the caller's transaction. Gives the new entries: none when this was posted before.
   * Fails `conflict` when the source id was posted with anything else.
   */
  async post(tx: Tx, posting: Posting, cause: Cause): Promise<PostedEntry[]> {
    try {
      const { rows } = await tx.raw<Rows<PostedRow>>('select * from post_transaction(?::jsonb)', [
        JSON.stringify(toDocument(posting, cause)),
      ])
      return rows.map(toPosted)
    } catch (error) {
      if (!isUniqueViolation(error, 'transactions_fingerprint')) throw error
      const message = `${posting.source} ${posting.sourceId} was posted with other data.`
      throw Object.assign(failure('conflict', { message }), { cause: error })
    }
  },

  async summaryOf(query: Queryable, userId: string): Promise<Summary> {
    const { rows } = await query.raw<Rows<SummaryRow>>(SUMMARY, [userId])
    return toSummary(rows[0])
  },

  /** The newest first; with `before` those behind that version. */
  async entriesOf(
    query: Queryable,
    page: { userId: string; before: bigint | undefined; max: number },
  ): Promise<LedgerEntry[]> {
    const { rows } = await query.raw<Rows<EntryRow>>(
      `${ENTRIES} where account_id = ? and version < coalesce(?, 9223372036854775807)
       order by version desc limit ?`,
      [page.userId, page.before?.toString() ?? null, page.max],
    )
    return rows.map(toLedgerEntry)
  },

  async entry(
    query: Queryable,
    { id, userId }: { id: string; userId: string },
  ): Promise<LedgerEntry | undefined> {
    const { rows } = await query.raw<Rows<EntryRow>>(
      `${ENTRIES} where entries.id = ? and account_id = ?`,
      [id, userId],
    )
    return rows[0] && toLedgerEntry(rows[0])
  },

  /** Looks at every account, in one snapshot. */
  async deviation(query: Queryable): Promise<Deviation> {
    const { rows } = await query.raw<Rows<{ imbalance: string; astray: string }>>(DEVIATION)
    const { imbalance = '0', astray = '0' } = rows[0] ?? {}
    return { imbalanceMicros: BigInt(imbalance), accountsAstray: Number(astray) }
  },
}

const ENTRIES = `
  select entries.*, source, rule, source_event, trace_id
  from entries join transactions on transactions.id = transaction_id`

const SUMMARY = `
  select balance_micros, version, updated_at,
    (select json_object_agg(source, micros::text) from earned where account_id = accounts.id) as earned
  from accounts where id = ?`

const DEVIATION = `
  select coalesce(sum(accounts.balance_micros), 0)::text as imbalance,
    count(*) filter (where accounts.balance_micros <> coalesce(entries.balance_micros, 0)) as astray
  from accounts left join entries on account_id = accounts.id and entries.version = accounts.version`

interface SummaryRow {
  balance_micros: string
  version: string
  updated_at: Date
  earned: Partial<Record<Source, string>> | null
}

const toSummary = (row: SummaryRow | undefined): Summary => {
  const earned = (source: Source) => BigInt(row?.earned?.[source] ?? 0)
  return {
    balanceMicros: BigInt(row?.balance_micros ?? 0),
    earnedMicros: {
      network: earned('network'),
      referral: earned('referral'),
      bonus: earned('bonus'),
    },
    entries: Number(row?.version ?? 0),
    lastEntryAt: row?.updated_at,
  }
}

/** What `post_transaction` takes; amounts as text, since a number could not hold them. */
const toDocument = (posting: Posting, { sourceEvent, traceId }: Cause) => ({
  id: newId('transaction'),
  source: posting.source,
  source_id: posting.sourceId,
  fingerprint: fingerprintOf(posting),
  rule: posting.rule,
  source_event: sourceEvent,
  trace_id: traceId,
  legs: posting.legs.map((leg) => ({
    id: newId('entry'),
    account_id: leg.accountId,
    amount_micros: leg.micros.toString(),
    inputs: leg.inputs,
    connection_id: leg.connectionId,
  })),
})
