import { network, signalSubject } from '@meshboard/contracts'
import type { Message } from '@meshboard/kit'
import { type TestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HALF, PERFECT, letPass, startDevice, startNetwork } from './start-network.ts'

const { disconnect, get, heartbeat } = network.procedures
const { scoreChanged, uptimeAccrued } = network.events

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNetwork({ NETWORK_ACCRUAL_PERIOD_MS: '10000' })
})
afterAll(() => mesh.stop())

const accrualsOf = async (connectionId: string) =>
  (await mesh.published(uptimeAccrued)).filter(
    ({ connection_id }) => connection_id === connectionId,
  )
const scoresOf = async (connectionId: string) =>
  (await mesh.published(scoreChanged))
    .filter(({ id }) => id === connectionId)
    .map(({ network_score }) => network_score)

test('full periods accrue with the score of the heartbeat that fills them', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  await beat(6_000)
  expect(await accrualsOf(connection.id)).toEqual([])
  const answer = await beat(26_000, HALF)
  expect(answer).toEqual({
    connection_id: connection.id,
    status: 'connected',
    network_score: 50,
    connection_time: expect.any(Number),
  })
  // And what the test itself has taken, on a busy machine.
  expect(Math.floor(answer.connection_time / 10)).toBe(3)
  expect(answer.connection_time).toBeGreaterThanOrEqual(32)
  await beat(8_000)
  const found = await accrualsOf(connection.id)
  expect(found).toMatchObject([
    { user_id: user.userId, accrual: 1, online_ms: 30_000, network_score: 50 },
    { user_id: user.userId, accrual: 2, online_ms: 10_000, network_score: 100 },
  ])
})

test('a gap longer than the silence is no time online', async () => {
  const { connection, beat } = await startDevice(mesh)
  await beat(9_000)
  const { connection_time } = await beat(61_000)
  expect(connection_time).toBe(9)
  await beat(2_000)
  expect(await accrualsOf(connection.id)).toMatchObject([{ accrual: 1, online_ms: 10_000 }])
})

test('heartbeats at the same moment count the time between them once', async () => {
  const { user, connection } = await startDevice(mesh)
  await letPass(mesh, 25_000)
  const held = await mesh.admin.transaction()
  await held('network.connections').where({ id: connection.id }).forUpdate()
  const input = { connection_id: connection.id, quality: PERFECT }
  const beats = [mesh.call(heartbeat, input, user), mesh.call(heartbeat, input, user)]
  await until(async () => (await waiting()) === beats.length)
  await held.commit()
  await Promise.all(beats)

  const { connection_time } = await mesh.call(get, { connection_id: connection.id }, user)
  expect(connection_time).toBe(25)
  expect(await accrualsOf(connection.id)).toMatchObject([{ accrual: 1, online_ms: 20_000 }])
})

/** How many statements wait for a row that another transaction holds. */
const waiting = async () => {
  const { rows } = await mesh.admin.raw<{ rows: unknown[] }>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length
}

test('screens are told of a score that moves by a point, not of less', async () => {
  const { connection, beat } = await startDevice(mesh)
  await beat(1_000)
  await beat(1_000, { ...PERFECT, latency_ms: 3 })
  expect(await scoresOf(connection.id)).toEqual([100])
  await beat(1_000, { ...PERFECT, latency_ms: 5 })
  expect(await scoresOf(connection.id)).toEqual([100, 98.8])
})

test('a stale connection is online again with its next heartbeat, and screens are told', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  await beat(1_000)
  await mesh.admin('network.connections').where({ id: connection.id }).update({ status: 'stale' })
  expect(await beat(1_000)).toMatchObject({ status: 'connected' })
  expect(await scoresOf(connection.id)).toEqual([100, 100])
  expect(await mesh.call(get, { connection_id: connection.id }, user)).toMatchObject({
    status: 'connected',
    status_message: 'The device is online.',
  })
})

test('a closed connection takes no heartbeat', async () => {
  const { user, connection } = await startDevice(mesh)
  const connection_id = connection.id
  await mesh.call(disconnect, { connection_id }, user)
  const refused = await mesh.callFails(heartbeat, { connection_id, quality: PERFECT }, user)
  expect(refused).toMatchObject({
    code: 'invalid_network_data',
    message: 'The connection is closed; connect first.',
  })
})

test('the connection of somebody else is not found', async () => {
  const { connection } = await startDevice(mesh)
  const input = { connection_id: connection.id, quality: PERFECT }
  expect(await mesh.callFails(heartbeat, input, await mesh.user())).toMatchObject({
    code: 'not_found',
  })
})

test('accruals are numbered on when the device comes back', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  await beat(19_000)
  await mesh.call(disconnect, { connection_id: connection.id }, user)
  const again = await startDevice(mesh, user)
  await again.beat(9_000)
  await again.beat(1_000)
  expect(await accrualsOf(connection.id)).toMatchObject([
    { accrual: 1, online_ms: 10_000 },
    { accrual: 2, online_ms: 10_000 },
  ])
})

test('what a heartbeat measured is said under its user, and tells of no user and no address', async () => {
  const { user, connection, beat } = await startDevice(mesh)
  const broker = await mesh.brokerOf('edge')
  const heard: Message[] = []
  const subject = signalSubject('network', 'sampled', user.userId)
  const listening = await broker.subscribe(subject, (message) => heard.push(message))
  await beat(0, HALF)
  const [message] = await until(() => heard.length > 0 && heard)
  await listening.stop()
  expect(JSON.parse(Buffer.from(message?.data ?? []).toString())).toEqual({
    timestamp: expect.any(String),
    path_id: connection.id,
    metrics: { ...HALF, score: 50 },
  })
  expect(message?.headers).toMatchObject({
    'mesh-event': 'network.sampled',
    'mesh-filter-path_id': connection.id,
  })
})
