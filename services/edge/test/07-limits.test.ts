// Shows: W4 (part), W8 (part), W9 (part)
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { until } from './until.ts'
import { TestSocket, signedIn } from './test-socket.ts'

let mesh: EdgeMesh
const started = async (env: Record<string, string>) => {
  mesh = await EdgeMesh.start(env)
  const { key, userId } = mesh.auth.enroll()
  return { key, ledger: await mesh.ledger(userId) }
}
afterEach(() => mesh.stop())

const limitReached = (limit: string) => mesh.metric('edge_limits_reached_total', `limit="${limit}"`)

test('the limits a client can keep to are announced as they are configured', async () => {
  await started({
    EDGE_FRAME_IN_BYTES_MAX: '10001',
    EDGE_FRAME_OUT_BYTES_MAX: '10002',
    EDGE_SUBSCRIPTIONS_MAX: '3',
    EDGE_CALLS_IN_FLIGHT_MAX: '4',
    EDGE_USER_CONNECTIONS_MAX: '5',
    EDGE_OPERATIONS_PER_SECOND: '6',
    EDGE_OPERATIONS_BURST: '7',
    EDGE_FIRST_FRAME_MS: '8000',
    EDGE_SILENCE_MS: '9000',
    EDGE_WRITE_DEADLINE_MS: '1000',
    EDGE_CLOSE_HANDSHAKE_MS: '1100',
    EDGE_OUTBOUND_BYTES_MAX: '1200000',
    EDGE_OUTBOUND_HIGH_BYTES: '130000',
    EDGE_REPLAY_EVENTS_MAX: '14',
  })
  const socket = new TestSocket(mesh.url('/ws/v1'))
  expect((await socket.next('welcome'))['limits']).toEqual({
    frame_in_bytes: 10_001,
    frame_out_bytes: 10_002,
    subscriptions: 3,
    calls_in_flight: 4,
    connections_per_user: 5,
    operations_per_second: 6,
    operations_burst: 7,
    first_frame_ms: 8_000,
    silence_ms: 9_000,
    write_deadline_ms: 1_000,
    close_handshake_ms: 1_100,
    outbound_bytes: 1_200_000,
    outbound_high_bytes: 130_000,
    replay_events: 14,
  })
  await socket.close()
})

test('one connection too many is refused with 503, and let in when one has left', async () => {
  await started({ EDGE_CONNECTIONS_MAX: '2' })
  const sockets = [1, 2].map(() => new TestSocket(mesh.url('/ws/v1')))
  for (const socket of sockets) await socket.next('welcome')
  const third = new TestSocket(mesh.url('/ws/v1'))
  expect(await until(() => third.refused)).toMatchObject({ status: 503 })
  await sockets[0]?.close()
  await until(() => mesh.deps.connections.size === 1)
  const fourth = new TestSocket(mesh.url('/ws/v1'))
  await fourth.next('welcome')
  await Promise.all([sockets[1]?.close(), fourth.close()])
})

test('a message over the size limit closes with 1009', async () => {
  const { key } = await started({ EDGE_FRAME_IN_BYTES_MAX: '2048' })
  const socket = await signedIn(mesh, key)
  socket.send('x'.repeat(2_049))
  expect(await socket.ended()).toMatchObject({ code: 1009 })
})

test('the subscription beyond the limit is refused', async () => {
  const { key } = await started({ EDGE_SUBSCRIPTIONS_MAX: '1' })
  mesh.answers['network.list'] = () => ({ connections: [] })
  const socket = await signedIn(mesh, key)
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  expect(await socket.answer(1)).toMatchObject({ type: 'subscribed' })
  socket.send({ type: 'subscribe', id: 2, channel: 'network' })
  expect(await socket.answer(2)).toMatchObject({ code: 'rate_limited' })
  expect(await limitReached('subscriptions')).toBe(1)
  await socket.close()
})

test('a client beyond its rate is warned and slowed down; nothing of it is lost', async () => {
  const { key } = await started({ EDGE_OPERATIONS_PER_SECOND: '50', EDGE_OPERATIONS_BURST: '20' })
  mesh.answers['network.echo'] = ({ input }) => input
  const socket = await signedIn(mesh, key)
  const before = Date.now()
  for (let id = 1; id <= 45; id += 1) {
    socket.send({ type: 'call', id, procedure: 'network.echo', data: { data: '' } })
  }
  for (let id = 1; id <= 45; id += 1) {
    expect(await socket.answer(id)).toMatchObject({ type: 'reply' })
  }
  expect(Date.now() - before).toBeGreaterThan(400)
  expect(await socket.next('warning')).toMatchObject({ code: 'near_limit' })
  expect(await limitReached('operations_per_second')).toBe(1)
  await socket.close()
})

test('a flood beyond what may wait closes with 4402', async () => {
  const { key } = await started({
    EDGE_OPERATIONS_PER_SECOND: '10',
    EDGE_OPERATIONS_BURST: '5',
    EDGE_MESSAGES_HELD_MAX: '20',
  })
  const socket = await signedIn(mesh, key)
  for (let i = 0; i < 500; i += 1) socket.send({ type: 'pong' })
  expect(await socket.ended()).toMatchObject({ code: 4402 })
})

test('pings go out, an answer keeps the socket, silence closes it with 4202', async () => {
  const { key } = await started({ EDGE_PING_INTERVAL_MS: '50', EDGE_SILENCE_MS: '300' })
  const [lively, silent] = [await signedIn(mesh, key), await signedIn(mesh, key)]
  const answering = setInterval(() => lively.send({ type: 'pong' }), 50)
  await lively.next('ping')
  expect(await silent.ended()).toMatchObject({ code: 4202 })
  expect(lively.closed).toBeUndefined()
  clearInterval(answering)
  await lively.close()
})

describe('a client that does not read', () => {
  const stalled = async (env: Record<string, string>) => {
    const { key, ledger } = await started(env)
    const [slow, quick] = [await signedIn(mesh, key), await signedIn(mesh, key)]
    for (const socket of [slow, quick]) {
      socket.send({ type: 'subscribe', id: 1, channel: 'earnings' })
      await socket.answer(1)
    }
    slow.websocket.pause()
    return { slow, quick, ledger }
  }
  const connections = () => mesh.deps.connections.size

  test('is closed when it takes nothing for the write deadline', async () => {
    const { slow, quick, ledger } = await stalled({
      EDGE_OUTBOUND_BYTES_MAX: '67108864',
      EDGE_WRITE_DEADLINE_MS: '200',
      EDGE_PING_INTERVAL_MS: '100',
      EDGE_CLOSE_HANDSHAKE_MS: '100',
    })
    const filler = 'x'.repeat(200_000)
    for (let i = 0; i < 60; i += 1) await ledger.credit({ filler })
    await until(() => connections() === 1)
    expect(await limitReached('write_deadline')).toBe(1)
    slow.websocket.terminate()
    await quick.close()
  })

  test('gets its replay in pieces: what it has not read stays in the stream', async () => {
    const { key, ledger } = await started({})
    const filler = 'x'.repeat(20_000)
    for (let i = 0; i < 150; i += 1) await ledger.credit({ filler })
    const socket = await signedIn(mesh, key)
    socket.send({ type: 'subscribe', id: 1, channel: 'earnings', since: { last: 100 } })
    socket.websocket.pause()
    await sleep(300)
    socket.websocket.resume()
    const events = await socket.events(100)
    expect(events.at(-1)).toMatchObject({ n: 150 })
    await socket.close()
  })
})
