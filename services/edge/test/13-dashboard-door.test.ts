import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type EventDeclaration,
  HEADERS,
  earnings,
  eventSubject,
  failure,
  network,
  notification,
  referral,
  serviceOf,
  streamName,
} from '@meshboard/contracts'
import { activeTraceId, newId } from '@meshboard/kit'
import type { Feed } from '../src/feed.ts'
import { EdgeMesh } from './harness.ts'
import { until } from './until.ts'
import { TestSocket } from './test-socket.ts'

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start()
})
afterAll(() => mesh.stop())
afterEach(() => {
  for (const name of Object.keys(mesh.answers)) delete mesh.answers[name]
})

const CONNECTION = newId('connection')
const opened = {
  id: CONNECTION,
  user_id: newId('user'),
  device_id: 'd1',
  network_name: 'Home',
  connected: true,
  status: 'connected',
  status_message: 'Online.',
  connection_time: 0,
  network_score: 100,
  points_earned: '0.000000',
  created_at: '2026-11-21T09:00:00.000Z',
  updated_at: '2026-11-21T09:00:00.000Z',
}
const ack = {
  connection_id: CONNECTION,
  status: 'connected',
  network_score: 97.5,
  connection_time: 60,
}
const connect = { type: 'connect', data: { device_id: 'd1', network_name: 'Home' } }
const quality = { latency_ms: 12, jitter_ms: 1.5, packet_loss_pct: 0 }
const heartbeat = { type: 'heartbeat', data: quality }

/** Notes every call of network, in order, and answers it as `answers` says. */
const recordNetwork = (answers: Record<string, unknown> = {}) => {
  const seen: { name: string; input: unknown; userId: unknown; traceId: string }[] = []
  for (const [name, answer] of Object.entries({ connect: opened, disconnect: {}, ...answers })) {
    mesh.answers[`network.${name}`] = ({ input, caller }) => {
      const { userId } = caller as unknown as { userId: string }
      seen.push({ name, input, userId, traceId: activeTraceId() })
      if (answer instanceof Error) throw answer
      return answer
    }
  }
  return seen
}

const open = async (path: string) => {
  const { userId } = mesh.auth.enroll()
  const socket = new TestSocket(mesh.url(`${path}?token=${mesh.auth.token(userId)}`), {
    protocols: [],
  })
  await socket.next('auth_success')
  return { socket, userId }
}

const text = (socket: TestSocket, index: number) => until(() => socket.texts[index])

/** The next texts beyond greeting and login, once there are so many. */
const answers = async (socket: TestSocket, count: number) => {
  await text(socket, count + 1)
  return socket.texts.slice(2)
}

/** Stores an event as its service would. */
const raise = async (event: EventDeclaration, userId: string, n: number, data: string) => {
  const service = serviceOf(event.name)
  const broker = await mesh.brokerOf(service)
  const subject = eventSubject(service, event.topic, userId)
  await broker.store(streamName(service), subject, Buffer.from(data), {
    id: newId('event'),
    headers: { [HEADERS.event]: event.name, [HEADERS.n]: String(n) },
    deadline: Date.now() + 2_000,
  })
}

/** Waits until so many channels of a user are watched. */
const watching = async (userId: string, count: number) => {
  const isOpen = ({ source, epoch }: Feed) => source.key === userId && epoch !== ''
  await until(() => mesh.deps.hub.feeds.filter(isOpen).length === count)
  await sleep(50)
}

test('the dashboard shows every update by its name, and what has none not at all', async () => {
  mesh.answers['network.list'] = () => ({ connections: [] })
  const { socket, userId } = await open('/ws/dashboard')
  await watching(userId, 4)
  const rows: readonly (readonly [EventDeclaration, number, string | undefined])[] = [
    [network.events.connected, 1, 'connection_update'],
    [network.events.scoreChanged, 2, 'network_update'],
    [network.events.disconnected, 3, 'connection_update'],
    [earnings.events.credited, 1, 'earnings_update'],
    [referral.events.applied, 1, 'referral_update'],
    [referral.events.completed, 2, 'referral_update'],
    [referral.events.rewardEarned, 3, 'referral_update'],
    [notification.events.read, 1, undefined],
    [notification.events.created, 2, 'notification'],
  ]
  const shown = rows.filter(([, , update]) => update !== undefined)
  let due = 0
  for (const [event, n, update] of rows) {
    await raise(event, userId, n, `{"of":"${event.name}", "n":${n}}`)
    // Channels keep no order among each other.
    if (update !== undefined) await answers(socket, (due += 1))
  }
  expect(await answers(socket, shown.length)).toEqual(
    shown.map(([{ name }, n, update]) => `{"type":"${update}","data":{"of":"${name}", "n":${n}}}`),
  )
  await socket.close()
})

test('the referrals door shows referrals and nothing else', async () => {
  const { socket, userId } = await open('/ws/referrals')
  await watching(userId, 1)
  await raise(earnings.events.credited, userId, 1, '{"amount":"1.000000"}')
  await raise(notification.events.created, userId, 1, '{"kind":"device_offline"}')
  await raise(referral.events.applied, userId, 1, '{"level":1}')
  expect(await text(socket, 2)).toBe('{"type":"referral_update","data":{"level":1}}')
  await sleep(100)
  expect(socket.texts.length).toBe(3)
  await socket.close()
})

test('a device connects, sends heartbeats and disconnects, byte for byte', async () => {
  const seen = recordNetwork({ heartbeat: ack })
  const { socket, userId } = await open('/ws/dashboard')
  socket.send(connect, heartbeat, 'ping', { type: 'disconnect' })
  expect(await answers(socket, 4)).toEqual([
    `{"type":"connected","data":${JSON.stringify(opened)}}`,
    `{"type":"heartbeat_ack","data":${JSON.stringify(ack)}}`,
    'pong',
    '{"type":"disconnected"}',
  ])
  expect(seen).toMatchObject([
    { name: 'connect', input: connect.data, userId },
    { name: 'heartbeat', input: { connection_id: CONNECTION, quality }, userId },
    { name: 'disconnect', input: { connection_id: CONNECTION }, userId },
  ])
  await socket.close()
})

test('before a connect and after a disconnect there is nothing to speak of', async () => {
  const seen = recordNetwork({ heartbeat: ack })
  const refused = '{"type":"error","code":"invalid_network_data","message":"connect first"}'
  const { socket } = await open('/ws/dashboard')
  socket.send(heartbeat, { type: 'disconnect' })
  expect(await answers(socket, 2)).toEqual([refused, refused])
  expect(seen).toEqual([])
  socket.send(connect, { type: 'disconnect' }, heartbeat)
  expect((await answers(socket, 5)).at(-1)).toBe(refused)
  expect(seen.map(({ name }) => name)).toEqual(['connect', 'disconnect'])
  await socket.close()
})

test('one call at a time, in the order of the messages', async () => {
  recordNetwork()
  let [running, most] = [0, 0]
  const order: number[] = []
  mesh.answers['network.heartbeat'] = async ({ input }) => {
    running += 1
    most = Math.max(most, running)
    const { latency_ms: ms } = (input as { quality: typeof quality }).quality
    await sleep(ms)
    running -= 1
    order.push(ms)
    return ack
  }
  const { socket } = await open('/ws/dashboard')
  const beat = (ms: number) => ({ type: 'heartbeat', data: { ...quality, latency_ms: ms } })
  socket.send(connect, beat(120), beat(0), beat(40))
  await answers(socket, 4)
  expect({ most, order }).toEqual({ most: 1, order: [120, 0, 40] })
  await socket.close()
})

test("what a service refuses arrives with its code, words and fields; the id is the socket's", async () => {
  recordNetwork({ heartbeat: failure('not_found', { message: 'It is gone.' }) })
  const { socket } = await open('/ws/dashboard')
  socket.send({ type: 'connect', data: {} })
  const invalid = JSON.parse(await text(socket, 2))
  expect(Object.keys(invalid)).toEqual(['type', 'code', 'message', 'fields'])
  expect(invalid).toMatchObject({
    code: 'invalid',
    fields: { device_id: [expect.any(String)], network_name: [expect.any(String)] },
  })
  socket.send(connect, heartbeat)
  expect(await text(socket, 4)).toBe('{"type":"error","code":"not_found","message":"It is gone."}')
  const { socket: other } = await open('/ws/dashboard')
  other.send(heartbeat)
  expect(JSON.parse(await text(other, 2))).toMatchObject({ code: 'invalid_network_data' })
  await Promise.all([socket.close(), other.close()])
})

test.each([{}, { data: null }, { data: 'x' }, { data: 5 }, { data: [] }])(
  'a connect with no object for data (%j) reaches nobody',
  async (fields) => {
    const seen = recordNetwork()
    const { socket } = await open('/ws/dashboard')
    socket.send({ type: 'connect', ...fields })
    expect(await text(socket, 2)).toBe(
      '{"type":"error","code":"invalid","message":"\\"data\\" must be an object with the fields of the message.","fields":{"data":["an object with the fields of the message"]}}',
    )
    expect(seen).toEqual([])
    await socket.close()
  },
)

test('before the login every message is told to sign in first', async () => {
  const seen = recordNetwork()
  const socket = new TestSocket(mesh.url('/ws/dashboard'), { protocols: [] })
  await socket.next('connection_established')
  socket.send(connect, { type: 'connect' }, heartbeat, { type: 'disconnect' }, { type: 'other' })
  await text(socket, 5)
  const refused = '{"type":"error","code":"unauthorized","message":"Sign in first."}'
  expect(socket.texts.slice(1)).toEqual(Array.from({ length: 5 }, () => refused))
  expect(seen).toEqual([])
  await socket.close()
})

test('only the dashboard takes a device', async () => {
  const seen = recordNetwork({ heartbeat: ack })
  for (const path of ['/ws/earnings', '/ws/referrals']) {
    const { socket } = await open(path)
    socket.send(connect, heartbeat, { type: 'disconnect' })
    const codes = (await answers(socket, 3)).map((answer) => JSON.parse(answer).code)
    expect(codes).toEqual(['unsupported', 'unsupported', 'unsupported'])
    await socket.close()
  }
  expect(seen).toEqual([])
})

test("the device's trace goes on into the service; without one each message has its own", async () => {
  const seen = recordNetwork({ heartbeat: ack })
  const { socket } = await open('/ws/dashboard')
  const traceId = 'ef'.repeat(16)
  socket.send({ ...connect, traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
  socket.send({ ...heartbeat, traceparent: 5 }, heartbeat)
  await answers(socket, 3)
  const traces = seen.map((call) => call.traceId)
  expect(traces[0]).toBe(traceId)
  expect(new Set(traces).size).toBe(3)
  for (const trace of traces) expect(trace).toMatch(/^[0-9a-f]{32}$/)
  await socket.close()
})
