// Shows: W2 (part)
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HEADERS, streamName } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { EdgeMesh } from './harness.ts'
import { TestKey } from './test-auth.ts'
import { until } from './until.ts'
import { TestSocket } from './test-socket.ts'

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start({
    EDGE_FIRST_FRAME_MS: '400',
    EDGE_REFUSAL_DELAY_MS: '20',
    EDGE_PING_INTERVAL_MS: '60',
  })
})
afterAll(() => mesh.stop())

const plain = (query = '') => new TestSocket(mesh.url(`/ws/earnings${query}`), { protocols: [] })

const signedTime = (key: TestKey) => {
  const timestamp = Math.floor(Date.now() / 1000)
  const nonce = '9f3c00aa77'
  return { public_key: key.publicKey, timestamp, nonce, signature: key.signTime(timestamp, nonce) }
}

const text = (socket: TestSocket, index: number) => until(() => socket.texts[index])

test('the conversation of the documents, byte for byte', async () => {
  const { key, userId } = mesh.auth.enroll()
  const socket = plain()
  expect(await text(socket, 0)).toMatch(
    /^\{"type":"connection_established","session_id":"ses_\w{26}","auth_required":true,"message":"Sign in with an ed25519 signature"\}$/,
  )
  socket.send({ type: 'auth', data: signedTime(key) })
  expect(await text(socket, 1)).toBe(
    `{"type":"auth_success","user_id":"${userId}","session_id":"${mesh.auth.sessions.at(-1)?.session_id}"}`,
  )
  await until(() => mesh.deps.hub.feeds[0]?.epoch)
  const broker = await mesh.brokerOf('earnings')
  const data =
    '{"amount":"0.986000","source":"network","balance":"12.402100","timestamp":"2026-11-21T09:00:00.000Z"}'
  const { subject } = await mesh.ledger(userId)
  await sleep(50)
  await broker.store(streamName('earnings'), subject, Buffer.from(data), {
    id: newId('event'),
    headers: { [HEADERS.event]: 'earnings.credited', [HEADERS.n]: '1' },
    deadline: Date.now() + 2_000,
  })
  expect(await text(socket, 2)).toBe(`{"type":"earnings_update","data":${data}}`)
  socket.send('ping')
  expect(await text(socket, 3)).toBe('pong')
  await socket.close()
})

test('keys and signatures may be upper-case hex or base64', async () => {
  const { key } = mesh.auth.enroll()
  const spell = (encode: (hex: string) => string) => {
    const proof = signedTime(key)
    return { ...proof, public_key: encode(proof.public_key), signature: encode(proof.signature) }
  }
  const spellings = [
    spell((hex) => hex.toUpperCase()),
    spell((hex) => Buffer.from(hex, 'hex').toString('base64')),
    spell((hex) => Buffer.from(hex, 'hex').toString('base64url')),
  ]
  for (const data of spellings) {
    const socket = plain()
    await socket.next('connection_established')
    socket.send({ type: 'auth', data })
    await socket.next('auth_success')
    await socket.close()
  }
})

test('a token in a message, or in the query before the upgrade, signs in', async () => {
  const { userId } = mesh.auth.enroll()
  const later = plain()
  await later.next('connection_established')
  later.send({ type: 'auth', data: { token: mesh.auth.token(userId) } })
  expect(await later.next('auth_success')).toMatchObject({ user_id: userId })
  const before = plain(`?token=${mesh.auth.token(userId)}`)
  expect(await before.next('connection_established')).toMatchObject({ auth_required: false })
  expect(await before.next('auth_success')).toMatchObject({ user_id: userId })
  await Promise.all([later.close(), before.close()])
})

test.each(['nonsense', 'a.b.c', '', 'eyJhbGciOiJub25lIn0.e30.'])(
  'the token "%s" in the query is refused with 401 and an empty body',
  async (token) => {
    const socket = plain(`?token=${token}`)
    expect(await until(() => socket.refused)).toEqual({ status: 401, body: '' })
  },
)

test('a wrong signature is refused with auth_failed and 4101', async () => {
  const { key } = mesh.auth.enroll()
  const socket = plain()
  await socket.next('connection_established')
  socket.send({ type: 'auth', data: { ...signedTime(key), nonce: 'another-nonce' } })
  const error = await socket.next('error')
  expect(Object.keys(error)).toEqual(['type', 'code', 'message'])
  expect(error['code']).toBe('auth_failed')
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test('a key nobody registered is told so', async () => {
  const socket = plain()
  await socket.next('connection_established')
  socket.send({ type: 'auth', data: signedTime(new TestKey()) })
  expect(await socket.next('error')).toMatchObject({ code: 'unknown_key' })
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test('messages before the login get a clear error, ping its pong, and silence 4100', async () => {
  const socket = plain()
  await socket.next('connection_established')
  socket.send({ type: 'heartbeat' })
  expect(await socket.next('error')).toMatchObject({ code: 'unauthorized' })
  socket.send('{"type":"auth",')
  expect(await socket.next('error')).toMatchObject({ code: 'message_parse_error' })
  socket.send({ type: 'auth', data: { public_key: 'short' } })
  const invalid = await socket.next('error')
  expect(invalid).toMatchObject({ code: 'invalid', message: expect.stringContaining('public_key') })
  socket.send('ping')
  await until(() => socket.texts.includes('pong'))
  expect(await socket.ended()).toMatchObject({ code: 4100 })
})

test('keep-alive is by WebSocket pings, which every client library answers', async () => {
  const { userId } = mesh.auth.enroll()
  const socket = plain(`?token=${mesh.auth.token(userId)}`)
  let pings = 0
  socket.websocket.on('ping', () => (pings += 1))
  await until(() => pings > 1)
  expect(socket.texts.length).toBe(2)
  await socket.close()
})

test('no token, key, nonce or signature reaches the log', async () => {
  const { key, userId } = mesh.auth.enroll()
  const lines: string[] = []
  const { log } = mesh.edge.runtime
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    log[level] = (...line: unknown[]) => void lines.push(JSON.stringify(line))
  }
  const token = mesh.auth.token(userId)
  const proof = signedTime(key)
  const socket = plain()
  await socket.next('connection_established')
  socket.send({ type: 'auth', data: proof })
  await socket.next('auth_success')
  await socket.close()
  const refused = plain(`?token=${token}x`)
  await until(() => refused.refused)
  await until(() => lines.length > 2)
  const secrets = [token, proof.public_key, proof.nonce, proof.signature]
  for (const line of lines) for (const secret of secrets) expect(line).not.toContain(secret)
})
