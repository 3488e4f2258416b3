// Goal: each change of a path's status is told once, with how much it matters.
// Method: a device that connects, falls silent, comes back and signs off; time passes by moving it back.
import { network } from '@meshboard/contracts'
import { type TestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letPass, startDevice, startNetwork } from './start-network.ts'

const { connect, disconnect, get } = network.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNetwork({ NETWORK_SWEEP_MS: '50' })
})
afterAll(() => mesh.stop())

const toldOf = async (pathId: string) =>
  (await mesh.published(network.events.statusChanged))
    .filter(({ path_id }) => path_id === pathId)
    .map(({ status, severity }) => `${status} ${severity}`)

test('a path that comes up, falls silent, comes back and ends is told of each time, once', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  const { id } = connection
  const becomes = (status: string) =>
    until(async () => (await mesh.call(get, { connection_id: id }, user)).status === status)
  await mesh.call(connect, { device_id: 'phone', network_name: 'office' }, user)
  await beat(0)
  await letPass(mesh, 46_000)
  await becomes('stale')
  await beat(0)
  await mesh.call(disconnect, { connection_id: id }, user)
  await mesh.call(disconnect, { connection_id: id }, user)
  await mesh.call(connect, { device_id: 'phone', network_name: 'home' }, user)
  await letPass(mesh, 46_000)
  await becomes('stale')
  await letPass(mesh, 15_000)
  await becomes('disconnected')
  expect(await toldOf(id)).toEqual([
    ...['connected info', 'stale warning', 'connected info', 'disconnected info'],
    ...['connected info', 'stale warning', 'disconnected warning'],
  ])
})
