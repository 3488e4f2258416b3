import { network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { service } from '../src/index.ts'
import { letPass, startDevice, startNetwork } from './start-network.ts'

const { connect, get, heartbeat } = network.procedures
const SWEEPING = { NETWORK_SWEEP_MS: '50' }

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNetwork(SWEEPING)
  await mesh.start(service, SWEEPING)
})
afterAll(() => mesh.stop())

const becomes = (status: string, [connection_id, user]: [string, TestUser]) =>
  until(async () => {
    const connection = await mesh.call(get, { connection_id }, user)
    return connection.status === status && connection
  })

test('a silent device is stale, then offline, and screens are told of both once', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  await beat(0)
  await letPass(mesh, 46_000)
  expect(await becomes('stale', [connection.id, user])).toMatchObject({
    connected: true,
    status_message: 'Nothing heard of the device for 45 s.',
  })
  await letPass(mesh, 15_000)
  const offline = await becomes('disconnected', [connection.id, user])
  expect(offline).toMatchObject({
    connected: false,
    status_message: 'Offline: nothing heard of the device for 60 s.',
  })

  const changes = await mesh.published(network.events.scoreChanged)
  const statuses = changes.filter(({ id }) => id === connection.id).map(({ status }) => status)
  expect(statuses).toEqual(['connected', 'stale'])
  const ends = await mesh.published(network.events.disconnected)
  expect(ends.filter(({ id }) => id === connection.id)).toEqual([offline])
})

test('what a device that fell silent had not filled is lost', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  await beat(40_000)
  await letPass(mesh, 61_000)
  await becomes('disconnected', [connection.id, user])
  const input = {
    connection_id: connection.id,
    quality: { latency_ms: 0, jitter_ms: 0, packet_loss_pct: 0 },
  }
  expect(await mesh.callFails(heartbeat, input, user)).toMatchObject({
    code: 'invalid_network_data',
  })
  const again = await startDevice(mesh, user)
  expect(await again.beat(40_000)).toMatchObject({ connection_time: 80 })
  expect(await mesh.published(network.events.uptimeAccrued)).toEqual([])
})

test('many devices that fall silent at once are each told of once by two instances', async () => {
  const before = (await mesh.published(network.events.disconnected)).length
  const users = await Promise.all(Array.from({ length: 25 }, () => mesh.user()))
  await Promise.all(
    users.flatMap((user) =>
      Array.from({ length: 10 }, (_, nth) =>
        mesh.call(connect, { device_id: `d${nth}`, network_name: 'home' }, user),
      ),
    ),
  )
  await letPass(mesh, 61_000)
  await until(async () => {
    const open = await mesh.admin('network.connections').whereNot({ status: 'disconnected' })
    return open.length === 0
  })
  const told = (await mesh.published(network.events.disconnected)).slice(before)
  expect(new Set(told.map(({ id }) => id)).size).toBe(250)
  expect(told).toHaveLength(250)
})
