import { network } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { isOpen, signedOff } from '../domain/connection.ts'
import { toNetworkConnection } from '../domain/network-connection.ts'
import { changedByDevice } from '../domain/status-change.ts'

/** Idempotent: what is closed already stays as it is. Time that has not filled a period is lost. */
export const disconnect = handler(
  network.procedures.disconnect,
  ({ input, caller, fail, transaction }, { connections }: Deps) =>
    transaction(async (tx) => {
      const owned = { id: input.connection_id, userId: caller.userId }
      const { connection } = (await connections.lock(tx, owned)) ?? fail('not_found')
      if (!isOpen(connection)) return {}
      const closed = await connections.save(tx, signedOff(connection))
      await tx.publish(network.events.disconnected, toNetworkConnection(closed))
      await tx.publish(network.events.statusChanged, changedByDevice(closed))
      return {}
    }),
)
