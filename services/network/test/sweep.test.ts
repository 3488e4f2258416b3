import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, type TestUser, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { service } from '../src/index.ts'
import { PERFECT, letPass, startDevice, startNetwork } from './start-network.ts'

const { get, heartbeat } = network.procedures
const SWEEPING = { NETWORK_SWEEP_MS: '50' }

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNetwork(SWEEPING)
  await mesh.start(service, SWEEPING)
})
afterAll(() => mesh.stop())

const byName = (one: string, other: string) => (one < other ? -1 : 1)
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
    quality: PERFECT,
  }
  expect(await mesh.callFails(heartbeat, input, user)).toMatchObject({
    code: 'invalid_network_data',
  })
  const again = await startDevice(mesh, user)
  expect(await again.beat(40_000)).toMatchObject({ connection_time: 80 })
  expect(await mesh.published(network.events.uptimeAccrued)).toEqual([])
})

test('many devices that fell silent are each told of once by two instances', async () => {
  const seen_at = new Date(Date.now() - 61_000)
  const silent = Array.from({ length: 250 }, () => ({
    id: newId('connection'),
    user_id: newId('user'),
    device_id: 'phone',
    network_name: 'home',
    status: 'connected',
    status_message: '',
    seen_at,
  }))
  await mesh.admin('network.connections').insert(silent)
  const ids = silent.map(({ id }) => id)
  await until(async () => {
    const open = await mesh.admin('network.connections').whereNot({ status: 'disconnected' })
    return open.every(({ id }: { id: string }) => !ids.includes(id))
  })
  const told = (await mesh.published(network.events.disconnected)).map(({ id }) => id)
  expect(told.filter((id) => ids.includes(id)).toSorted(byName)).toEqual(ids.toSorted(byName))
})
