// Shows: W1 (part)
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { until } from './until.ts'
import { TestSocket } from './test-socket.ts'

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_NODE: 'edge-1', EDGE_ORIGINS: 'https://app.example' })
})
afterAll(() => mesh.stop())

const refusal = async (socket: TestSocket) => until(() => socket.refused)

test('a client is welcomed with a challenge, the limits and the time', async () => {
  const socket = new TestSocket(mesh.url('/ws/v1'))
  const welcome = await socket.next('welcome')
  expect(welcome).toMatchObject({
    session_id: expect.stringMatching(/^ses_/),
    node: 'edge-1',
    auth_required: true,
    challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    ping_interval_ms: 25_000,
    reconnect_window_ms: 2_000,
    limits: { frame_in_bytes: 65_536, frame_out_bytes: 262_144, subscriptions: 256 },
    contract: expect.stringMatching(/^[0-9a-f]{8}$/),
  })
  expect(Math.abs(Date.parse(welcome['now']) - Date.now())).toBeLessThan(5_000)
  expect(socket.websocket.protocol).toBe('meshboard.v1.json')
  await socket.close()
})

test('two greetings never share a challenge', async () => {
  const sockets = [1, 2].map(() => new TestSocket(mesh.url('/ws/v1')))
  const [one, two] = await Promise.all(sockets.map((socket) => socket.next('welcome')))
  expect(one?.['challenge']).not.toBe(two?.['challenge'])
  await Promise.all(sockets.map((socket) => socket.close()))
})

test('a client that offers no subprotocol speaks JSON', async () => {
  const socket = new TestSocket(mesh.url('/ws/v1'), { protocols: [] })
  await socket.next('welcome')
  expect(socket.websocket.protocol).toBe('')
  await socket.close()
})

test('an unknown subprotocol is refused before the upgrade with 400', async () => {
  const socket = new TestSocket(mesh.url('/ws/v1'), { protocols: ['meshboard.v9.json'] })
  expect(await refusal(socket)).toEqual({ status: 400, body: '' })
})

test('an unknown path is refused with 404', async () => {
  expect(await refusal(new TestSocket(mesh.url('/ws/v2')))).toEqual({ status: 404, body: '' })
})

test('an address that is none is refused with 400', async () => {
  const socket = connect(mesh.deps.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString()))
  socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await until(() => answer.startsWith('HTTP/1.1 400'))
  await until(() => socket.closed)
})

test('a foreign origin is refused with 403, a known one and none at all are let in', async () => {
  const from = (headers: Record<string, string>) => new TestSocket(mesh.url('/ws/v1'), { headers })
  expect(await refusal(from({ origin: 'https://evil.example' }))).toEqual({ status: 403, body: '' })
  const known = from({ origin: 'https://app.example' })
  await known.next('welcome')
  await known.close()
})

test('a bad token in the subprotocol list is refused with 401 and an empty body', async () => {
  const forged = mesh.auth.token('usr_01').replace(/.{4}$/, 'AAAA')
  const protocols = ['meshboard.v1.json', `bearer.${forged}`]
  const socket = new TestSocket(mesh.url('/ws/v1'), { protocols })
  expect(await refusal(socket)).toEqual({ status: 401, body: '' })
})

test('a plain request gets 426 and no page', async () => {
  const response = await fetch(mesh.url('/ws/v1').replace('ws:', 'http:'))
  expect(response.status).toBe(426)
})
