import { toMicros } from '@meshboard/contracts'
import { StreamReader, connectTo, isQuiet, until } from '@meshboard/testkit'
import type { Up } from './up.ts'

/** Those that raise events or take them. */
const SERVICES = ['auth', 'user', 'network', 'earnings', 'referral', 'notification']

type Database = ReturnType<typeof connectTo>

/** Where a ledger and its streams are, seen by who may read all of both. */
export interface Audited {
  databaseUrl: string
  /** Several servers with commas between. */
  natsUrl: string
  natsPassword: string
}

/** What must hold of the ledger of a mesh that `up` runs, whatever happened; throws with what does not. */
export const auditLedger = async (up: Up): Promise<void> => {
  const facts = await up.facts()
  if (!facts) throw new Error('the mesh does not run')
  await auditLedgerAt({
    databaseUrl: facts.env['DATABASE_URL'] ?? '',
    natsUrl: facts.env['NATS_URL'] ?? '',
    natsPassword: facts.env['NATS_PASSWORD'] ?? '',
  })
}

/** The same of any mesh. */
export const auditLedgerAt = async (audited: Audited): Promise<void> => {
  const database = connectTo(audited.databaseUrl)
  const streams = await StreamReader.connect({
    url: audited.natsUrl,
    password: audited.natsPassword,
  })
  try {
    const quiet = { database, streams, services: SERVICES, stateful: SERVICES }
    // While the broker is away nobody can say that nothing is on its way.
    await until(() => isQuiet(quiet).catch(() => false), {
      ms: 120_000,
      late: 'events are still on their way',
    })
    await expectWhole(database, streams)
  } finally {
    await streams.close()
    await database.destroy()
  }
}

/** The same of any mesh in which nothing is on its way. */
export const expectWhole = async (database: Database, streams: StreamReader): Promise<void> => {
  await expectBalanced(database)
  await expectSameAsStream(database, streams)
}

const expectBalanced = async (database: Database): Promise<void> => {
  const { rows } = await database.raw(`
    select (select coalesce(sum(amount_micros), 0) from earnings.entries) as entries,
      (select coalesce(sum(balance_micros), 0) from earnings.accounts) as balances,
      (select count(*) from earnings.accounts a where a.balance_micros <>
        (select coalesce(sum(amount_micros), 0) from earnings.entries e where e.account_id = a.id)) as astray,
      (select count(*) from (select account_id, version, balance_micros, amount_micros,
        lag(balance_micros, 1, 0::bigint) over (partition by account_id order by version) as before,
        row_number() over (partition by account_id order by version) as nth from earnings.entries) e
        where e.before + e.amount_micros <> e.balance_micros or e.nth <> e.version) as broken`)
  const { entries, balances, astray, broken } = rows[0]
  if (entries !== '0' || balances !== '0' || astray !== '0' || broken !== '0') {
    throw new Error(`the ledger does not hold: ${JSON.stringify(rows[0])}`)
  }
}

/** Each accrual the stream holds is in the ledger once, and each credit the ledger holds is in the stream once. */
const expectSameAsStream = async (database: Database, streams: StreamReader): Promise<void> => {
  const accruals = (await streams.read('EVT_NETWORK'))
    .filter(({ name }) => name === 'network.uptimeAccrued')
    .map(({ data }) => data as { connection_id: string; accrual: number; network_score: number })
    .filter(({ network_score: score }) => score > 0)
    .map(({ connection_id: connection, accrual }) => `${connection}#${accrual}`)
  expectEqual('accruals', accruals, await postedFrom(database, 'network'))

  const rewards = (await streams.read('EVT_REFERRAL'))
    .filter(({ name }) => name === 'referral.rewarded')
    .map(({ data }) => (data as { referral_id: string }).referral_id)
  expectEqual('rewards', rewards, await postedFrom(database, 'referral'))

  const credits = (await streams.read('EVT_EARNINGS'))
    .filter(({ name }) => name === 'earnings.credited')
    .map(({ data }) => data as { entry_id: string; amount: string })
    .map(({ entry_id: entry, amount }) => `${entry} ${toMicros(amount)}`)
  const entries: { id: string; amount_micros: string }[] = await database('earnings.entries')
    .where('amount_micros', '>', 0)
    .select('id', 'amount_micros')
  expectEqual(
    'credits',
    credits,
    entries.map(({ id, amount_micros: micros }) => `${id} ${micros}`),
  )
}

const postedFrom = (database: Database, source: string): Promise<string[]> =>
  database('earnings.transactions').where({ source }).pluck('source_id')

const expectEqual = (what: string, one: readonly string[], other: readonly string[]): void => {
  const [a, b] = [one.toSorted(), other.toSorted()]
  if (a.join('\n') === b.join('\n')) return
  const lost = a.filter((item) => !b.includes(item))
  const extra = b.filter((item) => !a.includes(item))
  throw new Error(
    `${what}: stream ${a.length}, ledger ${b.length}; only in the stream: ${lost}; only in the ledger: ${extra}`,
  )
}
