import { type Procedure, auth, earnings, network } from '@meshboard/contracts'
import { type Database, consumer, databaseConfig, openDatabase, outboxRelay } from '@meshboard/db'
import {
  type Handler,
  type Service,
  type Uses,
  defineConfig,
  defineDoor,
  defineService,
  handler,
  newId,
} from '@meshboard/kit'

/** What is measured here is the mesh around the handlers, so these do next to nothing. */

const answering: Uses = { calls: [auth.procedures.jwks] }
const nothing = defineConfig({})

const unused = <P extends Procedure>(procedure: P): Handler<P, unknown> =>
  handler(procedure, () => Promise.reject(new Error('not part of the bench')))

const { echo, connect, disconnect, get, heartbeat, list } = network.procedures
const { explain, getSummary, listEntries } = earnings.procedures

/** Answers `network.echo` as network does. */
export const echoService = defineService({
  contract: network,
  config: nothing,
  uses: answering,
  open: () => Promise.resolve({}),
  procedures: {
    echo: handler(echo, ({ input }) => Promise.resolve({ data: input.data })),
    connect: unused(connect),
    disconnect: unused(disconnect),
    get: unused(get),
    heartbeat: unused(heartbeat),
    list: unused(list),
  },
})

/** Somebody inside the mesh who calls `network.echo`. */
export const caller = defineDoor({
  name: 'referral',
  config: nothing,
  uses: { calls: [echo, auth.procedures.jwks] },
  open: () => Promise.resolve({}),
  tasks: [],
  isolated: false,
})

/** A summary of 200 bytes, as JSON. */
export const summaryOf = (userId: string) => ({
  user_id: userId,
  balance: '12.402100',
  earned: { network: '10.302100', referral: '2.100000', bonus: '0.000000' },
  entries: 42,
  last_entry_at: '2026-11-21T09:00:00.000Z',
})

/** Answers `earnings.getSummary` without a database. */
export const summaryService = defineService({
  contract: earnings,
  config: nothing,
  uses: answering,
  open: () => Promise.resolve({}),
  procedures: {
    explain: unused(explain),
    getSummary: handler(getSummary, ({ caller: { userId } }) => Promise.resolve(summaryOf(userId))),
    listEntries: unused(listEntries),
  },
})

/** The tables of the two transactions; made by who owns the schema. */
export const LEDGER_TABLES = `
  create table earnings.bench_changes (id text primary key, user_id text not null);
  create table earnings.bench_effects (id text primary key, user_id text not null);
  grant select, insert on earnings.bench_changes, earnings.bench_effects to earnings_app`

/** What the events bench has at hand; `onEffect` is told of each effect that was taken. */
export interface LedgerDeps {
  readonly database: Database
}

/** The consumer half: the inbox row and one insert, in one transaction. */
export const effectOnCredited = (onEffect: () => void) =>
  consumer({
    name: 'effectOnCredited',
    event: earnings.events.credited,
    async handle({ data, tx }, _deps: LedgerDeps) {
      await tx('bench_effects').insert({ id: data.entry_id, user_id: data.user_id })
      onEffect()
    },
  })

/** The producer half: one insert and the event, in one transaction. Gives the entry's id. */
export const change = async (database: Database, userId: string): Promise<string> => {
  const entryId = newId('entry')
  await database.transaction(async (tx) => {
    await tx('bench_changes').insert({ id: entryId, user_id: userId })
    await tx.publish(earnings.events.credited, {
      entry_id: entryId,
      user_id: userId,
      amount: '1.000000',
      source: 'network',
      balance: '1.000000',
      timestamp: new Date().toISOString(),
    })
  })
  return entryId
}

/** Earnings with nothing but those two halves; without relay and consumer when it is to stay alone. */
export const ledgerService = (
  { alone }: { alone: boolean },
  onEffect: () => void = () => undefined,
): Service =>
  defineService({
    contract: earnings,
    config: databaseConfig,
    uses: answering,
    open: async (opening): Promise<LedgerDeps> => ({ database: await openDatabase(opening, {}) }),
    procedures: {
      explain: unused(explain),
      getSummary: unused(getSummary),
      listEntries: unused(listEntries),
    },
    consumers: alone ? [] : [effectOnCredited(onEffect)],
    tasks: alone ? [] : [outboxRelay],
  })
