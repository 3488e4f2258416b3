import { network } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letPass, startNetwork } from './start-network.ts'

const { connect, disconnect, list } = network.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNetwork({ NETWORK_CONNECTIONS_PER_USER_MAX: '3' })
})
afterAll(() => mesh.stop())

const told = async (userId: string) =>
  (await mesh.published(network.events.connected)).filter(({ user_id }) => user_id === userId)

test('a device that connects is online, and its user is told', async () => {
  const ann = await mesh.user()
  const opened = await mesh.call(connect, { device_id: 'phone', network_name: 'home' }, ann)
  expect(opened).toMatchObject({
    user_id: ann.userId,
    device_id: 'phone',
    network_name: 'home',
    connected: true,
    status: 'connected',
    status_message: 'The device is online.',
    connection_time: 0,
    network_score: 0,
    points_earned: '0.000000',
  })
  expect(await told(ann.userId)).toEqual([opened])
})

test('a device that connects twice has one connection and is told of once', async () => {
  const ann = await mesh.user()
  const input = { device_id: 'phone', network_name: 'home' }
  const both = await Promise.all([mesh.call(connect, input, ann), mesh.call(connect, input, ann)])
  expect(both[0].id).toBe(both[1].id)
  expect(await told(ann.userId)).toHaveLength(1)
})

test('a device that moves to another network takes its connection along', async () => {
  const ann = await mesh.user()
  const home = await mesh.call(connect, { device_id: 'phone', network_name: 'home' }, ann)
  const office = await mesh.call(connect, { device_id: 'phone', network_name: 'office' }, ann)
  expect(office).toMatchObject({ id: home.id, network_name: 'office' })
  expect(await told(ann.userId)).toEqual([home, office])
})

test('a device that comes back takes up its connection, and its time away does not count', async () => {
  const ann = await mesh.user()
  const input = { device_id: 'phone', network_name: 'home' }
  const first = await mesh.call(connect, input, ann)
  await mesh.call(disconnect, { connection_id: first.id }, ann)
  await letPass(mesh, 30_000)
  const again = await mesh.call(connect, input, ann)
  expect(again).toMatchObject({ id: first.id, status: 'connected', connection_time: 0 })
  expect(await told(ann.userId)).toHaveLength(2)
})

test('the time between two connects of an open connection counts as online', async () => {
  const ann = await mesh.user()
  const input = { device_id: 'phone', network_name: 'home' }
  await mesh.call(connect, input, ann)
  await letPass(mesh, 30_000)
  expect(await mesh.call(connect, input, ann)).toMatchObject({ connection_time: 30 })
})

test('one device too many is refused until another one closes', async () => {
  const ann = await mesh.user()
  const open = (device_id: string) =>
    mesh.call(connect, { device_id, network_name: 'home' }, ann).then(
      ({ id }) => id,
      (error: Error & { code?: string }) => error.code,
    )
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(open))
  expect(answers.filter((answer) => answer === 'conflict')).toHaveLength(2)
  const refused = await mesh.callFails(connect, { device_id: 'f', network_name: 'home' }, ann)
  expect(refused).toMatchObject({
    code: 'conflict',
    message: 'You have 3 connections open; close one first.',
  })

  const { connections } = await mesh.call(list, {}, ann)
  expect(await open(connections[0]!.device_id)).toBe(connections[0]!.id)
  await mesh.call(disconnect, { connection_id: connections[0]!.id }, ann)
  expect(await open('f')).toMatch(/^con_/)
})

test('two users may have a device of the same name', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  const input = { device_id: 'phone', network_name: 'home' }
  const [one, other] = [await mesh.call(connect, input, ann), await mesh.call(connect, input, bob)]
  expect(one.id).not.toBe(other.id)
})
