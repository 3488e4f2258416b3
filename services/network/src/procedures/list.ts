import { network } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toNetworkConnection } from '../domain/network-connection.ts'

export const list = handler(
  network.procedures.list,
  async ({ caller }, { database, connections, limits }: Deps) => {
    const { userId } = caller
    const max = limits.connectionsListedMax
    const found = await connections.list(database.query, { userId, max })
    return { connections: found.map(toNetworkConnection) }
  },
)
