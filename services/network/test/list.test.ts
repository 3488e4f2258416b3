import { network } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { startDevice, startNetwork } from './start-network.ts'

const { connect, disconnect, list } = network.procedures

test('a user sees the own connections, open or closed, the newest first, up to the limit', async () => {
  const mesh = await startNetwork({ NETWORK_CONNECTIONS_LISTED_MAX: '3' })
  await startDevice(mesh)
  const ann = await mesh.user()
  const ids: string[] = []
  for (const device_id of ['a', 'b', 'c', 'd']) {
    const { id } = await mesh.call(connect, { device_id, network_name: 'home' }, ann)
    ids.unshift(id)
  }
  await mesh.call(disconnect, { connection_id: ids[0]! }, ann)

  const { connections } = await mesh.call(list, {}, ann)
  expect(connections.map(({ id }) => id)).toEqual(ids.slice(0, 3))
  expect(connections.map(({ connected }) => connected)).toEqual([false, true, true])
  expect(await mesh.call(list, {}, await mesh.user())).toEqual({ connections: [] })
  await mesh.stop()
})
