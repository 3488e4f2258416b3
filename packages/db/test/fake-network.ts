import { network } from '@meshboard/contracts'
import { type AnyConsumer, type Service, defineService, newId } from '@meshboard/kit'
import { type Database, databaseConfig, handler, openDatabase, outboxRelay } from '../src/index.ts'

export interface Deps {
  readonly database: Database
}

const { echo, connect, disconnect, get, heartbeat, list } = network.procedures

/** A service on network's contract and schema; `echo` runs what a test gives it, in a transaction. */
export const fakeNetwork = (parts: {
  echo?: (
    tx: Parameters<Parameters<Database['transaction']>[0]>[0],
    data: string,
  ) => Promise<string>
  /** What `echo` does besides, outside of a transaction. */
  read?: (query: Database['query'], data: string) => Promise<void>
  consumers?: readonly AnyConsumer<Deps>[]
  /** Whether it relays its outbox; it does when not given. */
  relays?: boolean
}): Service => {
  const unused = () => Promise.reject(new Error('not expected'))
  return defineService({
    contract: network,
    config: databaseConfig,
    uses: { calls: [] },
    open: async (opening): Promise<Deps> => ({ database: await openDatabase(opening, {}) }),
    procedures: {
      echo: handler(echo, async ({ input, transaction }, { database }: Deps) => {
        await parts.read?.(database.query, input.data)
        return transaction(async (tx) => ({
          data: (await parts.echo?.(tx, input.data)) ?? input.data,
        }))
      }),
      connect: handler(connect, unused),
      disconnect: handler(disconnect, unused),
      get: handler(get, unused),
      heartbeat: handler(heartbeat, unused),
      list: handler(list, unused),
    },
    consumers: parts.consumers ?? [],
    tasks: parts.relays === false ? [] : [outboxRelay],
  })
}

/** What network would say of a user's uptime; the number of the accrual tells events apart. */
export const uptimeOf = (user: string, accrual: number) => ({
  user_id: user,
  connection_id: newId('connection'),
  accrual,
  online_ms: 60_000,
  network_score: 80,
  accrued_at: '2026-01-01T00:00:00.000Z',
})

/** Full counts with `npm run test:full`. */
export const isFull = process.env['MESH_TEST_FULL'] === '1'

/** What random tests begin with; in their titles, so that `SEED=n` repeats a failure. */
export const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

/** Numbers from 0 to 1, the same for the same seed. */
export const seededRandom = (): (() => number) => {
  let state = SEED
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What earnings would say of a credit. */
export const creditOf = (user: string, amount = '1.000000') => ({
  entry_id: newId('entry'),
  user_id: user,
  amount,
  source: 'network' as const,
  balance: amount,
  timestamp: '2026-01-01T00:00:00.000Z',
})
