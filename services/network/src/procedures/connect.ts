import { network } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import { newId } from '@meshboard/kit'
import type { Deps } from '../deps.ts'
import { isOpen, takenUp } from '../domain/connection.ts'
import { toNetworkConnection } from '../domain/network-connection.ts'
import { changedByDevice } from '../domain/status-change.ts'

/** Idempotent by user and device. A sign of life, as a heartbeat is, but nothing accrues with it. */
export const connect = handler(
  network.procedures.connect,
  ({ input, caller, fail, transaction }, { connections, limits, times }: Deps) =>
    transaction(async (tx) => {
      const { userId } = caller
      const { device_id: deviceId, network_name: networkName } = input
      await connections.claimUser(tx, userId)
      const known = await connections.lockDevice(tx, { userId, deviceId })
      const wasOpen = known !== undefined && isOpen(known.connection)
      const max = limits.connectionsPerUserMax
      if (!wasOpen && (await connections.countOpen(tx, userId)) >= max)
        return fail('conflict', { message: `You have ${max} connections open; close one first.` })

      const connection = known
        ? await connections.save(
            tx,
            takenUp(known.connection, { now: known.now, networkName, ...times }),
          )
        : await connections.open(tx, { id: newId('connection'), userId, deviceId, networkName })
      const answer = toNetworkConnection(connection)
      const cameUp = known?.connection.status !== 'connected'
      if (cameUp) await tx.publish(network.events.statusChanged, changedByDevice(connection))
      if (cameUp || known.connection.networkName !== networkName)
        await tx.publish(network.events.connected, answer)
      return answer
    }),
)
