import { network } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toNetworkConnection } from '../domain/network-connection.ts'

export const get = handler(
  network.procedures.get,
  async ({ input, caller, fail }, { database, connections }: Deps) => {
    const owned = { id: input.connection_id, userId: caller.userId }
    const connection = await connections.find(database.query, owned)
    return toNetworkConnection(connection ?? fail('not_found'))
  },
)
