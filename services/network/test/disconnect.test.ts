import { network } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDevice, startNetwork } from './start-network.ts'

const { disconnect, get } = network.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNetwork()
})
afterAll(() => mesh.stop())

test('a connection that is closed twice is closed, and told of once', async () => {
  const { user, connection } = await startDevice(mesh)
  const input = { connection_id: connection.id }
  expect(await mesh.call(disconnect, input, user)).toEqual({})
  expect(await mesh.call(disconnect, input, user)).toEqual({})

  const closed = await mesh.call(get, input, user)
  expect(closed).toMatchObject({
    connected: false,
    status: 'disconnected',
    status_message: 'The device signed off.',
  })
  const told = await mesh.published(network.events.disconnected)
  expect(told.filter(({ id }) => id === connection.id)).toEqual([closed])
})

test('time that has not filled a period is lost', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  await beat(50_000)
  await mesh.call(disconnect, { connection_id: connection.id }, user)
  const again = await startDevice(mesh, user)
  expect(await again.beat(50_000)).toMatchObject({ connection_time: 100 })
  expect(await mesh.published(network.events.uptimeAccrued)).toEqual([])
})

test('the connection of somebody else is not found', async () => {
  const { connection, user } = await startDevice(mesh)
  const input = { connection_id: connection.id }
  expect(await mesh.callFails(disconnect, input, await mesh.user())).toMatchObject({
    code: 'not_found',
  })
  expect(await mesh.call(get, input, user)).toMatchObject({ connected: true })
})
