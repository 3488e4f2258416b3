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
  consumers?: readonly AnyConsumer<Deps>[]
}): Service => {
  const unused = () => Promise.reject(new Error('not expected'))
  return defineService({
    contract: network,
    config: databaseConfig,
    uses: { calls: [] },
    open: async (opening): Promise<Deps> => ({ database: await openDatabase(opening, {}) }),
    procedures: {
      echo: handler(echo, ({ input, transaction }, _deps: Deps) =>
        transaction(async (tx) => ({ data: (await parts.echo?.(tx, input.data)) ?? input.data })),
      ),
      connect: handler(connect, unused),
      disconnect: handler(disconnect, unused),
      get: handler(get, unused),
      heartbeat: handler(heartbeat, unused),
      list: handler(list, unused),
    },
    consumers: parts.consumers ?? [],
    tasks: [outboxRelay],
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
