import { z } from 'zod'
import { channel, contract, event, procedure } from './define.ts'
import { failures } from './failure.ts'
import {
  ConnectionId,
  Cursor,
  EntryId,
  EventId,
  PageSize,
  Points,
  Timestamp,
  UserId,
} from './values.ts'

/** Where points come from. */
export const Source = z.enum(['network', 'referral', 'bonus'])

/** One line of a user's ledger. */
export const Entry = z.object({
  id: EntryId,
  user_id: UserId,
  amount: Points,
  source: Source,
  timestamp: Timestamp,
  balance_after: Points,
  /** One sentence: why. `explain` has the figures. */
  explanation: z.string(),
})

const getSummary = procedure({
  name: 'earnings.getSummary',
  summary: "The caller's balance and where it came from.",
  access: 'user',
  http: 'GET /api/earnings/summary',
  socket: true,
  idempotent: true,
  timeoutMs: 1_000,
  input: z.object({}),
  output: z.object({
    user_id: UserId,
    balance: Points,
    earned: z.object({ network: Points, referral: Points, bonus: Points }),
    entries: z.int().min(0),
    last_entry_at: Timestamp.optional(),
  }),
})

const listEntries = procedure({
  name: 'earnings.listEntries',
  summary: "The caller's ledger, the newest first.",
  access: 'user',
  http: 'GET /api/earnings/history',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  priority: 'sheddable',
  input: z.object({ limit: PageSize.optional(), cursor: Cursor.optional() }),
  output: z.object({ entries: z.array(Entry), next_cursor: Cursor.optional() }),
})

const explain = procedure({
  name: 'earnings.explain',
  summary: "How one entry of the caller's came about: formula, inputs, rule, cause, trace.",
  access: 'user',
  http: 'GET /api/earnings/entries/{entry_id}/explain',
  socket: true,
  idempotent: true,
  timeoutMs: 1_000,
  priority: 'sheddable',
  input: z.object({ entry_id: EntryId }),
  output: z.object({
    entry: Entry,
    formula: z.string(),
    inputs: z.record(z.string(), z.string()),
    /** The rate table and its version, `network-rates@1`. */
    rule: z.string(),
    source_event: EventId,
    trace_id: z.string(),
  }),
  failures: failures('not_found'),
})

const credited = event({
  name: 'earnings.credited',
  summary: "Points were added to a user's balance.",
  topic: 'ledger',
  key: 'user_id',
  filters: ['source'],
  update: 'earnings_update',
  data: z.object({
    entry_id: EntryId,
    user_id: UserId,
    amount: Points,
    source: Source,
    /** The balance with this amount in it. */
    balance: Points,
    /** The connection that earned it, with source `network`. */
    connection_id: ConnectionId.optional(),
    timestamp: Timestamp,
  }),
  keepDays: 30,
})

/** The points ledger: what each user has, and why. */
export const earnings = contract('earnings', {
  version: '1.0.0',
  owner: 'team-rewards',
  summary: 'The points ledger: what each user has, and why.',
  procedures: { getSummary, listEntries, explain },
  events: { credited },
  channels: {
    earnings: channel({ class: 'log', topic: 'ledger', audience: 'self', snapshot: getSummary }),
  },
})
