// Shows: S4 (part)
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { failure } from '@meshboard/contracts'
import { EdgeMesh } from './harness.ts'
import { TestKey } from './test-auth.ts'
import { TestSocket, signedIn } from './test-socket.ts'

const ENV = {
  EDGE_FIRST_FRAME_MS: '400',
  EDGE_REFUSAL_DELAY_MS: '20',
  EDGE_AUTH_WARNING_MS: '59800',
  EDGE_AUTH_GRACE_MS: '300',
  EDGE_TRUSTED_HOPS: '1',
}
let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start(ENV)
})
afterAll(() => mesh.stop())
afterEach(() => {
  mesh.auth.failing = undefined
  mesh.auth.tokenSeconds = 300
  mesh.auth.delayMs = 0
})

const greeted = async () => {
  const socket = new TestSocket(mesh.url('/ws/v1'))
  return { socket, welcome: await socket.next('welcome') }
}

test('a key that signs the challenge is signed in', async () => {
  const { key, userId } = mesh.auth.enroll()
  const { socket, welcome } = await greeted()
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(welcome) })
  expect(await socket.next('auth_success')).toEqual({
    type: 'auth_success',
    user_id: userId,
    session_id: expect.stringMatching(/^ses_/),
    expires_at: expect.stringMatching(/Z$/),
    ticket: expect.stringMatching(/^[\w-]+$/),
    ticket_expires_at: expect.stringMatching(/Z$/),
  })
  await socket.close()
})

test('an access token in hello signs in without asking auth for a session', async () => {
  const { userId } = mesh.auth.enroll()
  const before = mesh.auth.sessions.length
  const { socket } = await greeted()
  socket.send({ type: 'hello', token: mesh.auth.token(userId) })
  expect(await socket.next('auth_success')).toMatchObject({ user_id: userId })
  expect(mesh.auth.sessions.length).toBe(before)
  await socket.close()
})

test('a token before the upgrade signs in at once', async () => {
  const { userId } = mesh.auth.enroll()
  const protocols = ['meshboard.v1.json', `bearer.${mesh.auth.token(userId)}`]
  const socket = new TestSocket(mesh.url('/ws/v1'), { protocols })
  expect(await socket.next('welcome')).toMatchObject({ auth_required: false })
  expect(await socket.next('auth_success')).toMatchObject({ user_id: userId })
  expect(socket.websocket.protocol).toBe('meshboard.v1.json')
  await socket.close()
})

test('the address auth hears is the one the trusted proxy saw, not the one a client claims', async () => {
  const { key } = mesh.auth.enroll()
  const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7' }
  const socket = new TestSocket(mesh.url('/ws/v1'), { headers })
  const welcome = await socket.next('welcome')
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(welcome) })
  await socket.next('auth_success')
  expect(mesh.auth.sessions.at(-1)).toMatchObject({ address: '203.0.113.7' })
  await socket.close()
})

test('frames sent behind a login in one batch wait for it', async () => {
  const { userId } = mesh.auth.enroll()
  mesh.answers['network.list'] = () => ({ connections: [] })
  const { socket } = await greeted()
  const call = { type: 'call', id: 7, procedure: 'network.list', data: {} }
  socket.send([{ type: 'auth', token: mesh.auth.token(userId) }, call])
  socket.send({ ...call, id: 8 })
  expect(await socket.answer(7)).toMatchObject({ type: 'reply' })
  expect(await socket.answer(8)).toMatchObject({ type: 'reply' })
  await socket.close()
})

test('a frame before the login is refused as unauthorized, and the socket stays', async () => {
  const { socket } = await greeted()
  socket.send({ type: 'call', id: 1, procedure: 'network.list', data: {} })
  expect(await socket.answer(1)).toMatchObject({ code: 'unauthorized', retry: 'after_auth' })
  socket.send({ type: 'subscribe', id: 2, channel: 'earnings' })
  expect(await socket.answer(2)).toMatchObject({ code: 'unauthorized' })
  await socket.close()
})

test('a good signature of an unknown key is told so, then closed with 4101', async () => {
  const stranger = new TestKey()
  const { socket, welcome } = await greeted()
  const auth = { type: 'auth', public_key: stranger.publicKey }
  socket.send({ ...auth, ...stranger.signChallenge(welcome) })
  expect(await socket.next('error')).toMatchObject({ code: 'unknown_key', retry: 'never' })
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test.each([
  ['a signature over another challenge', { challenge: 'A'.repeat(43) }],
  ['a signature over another time', { now: '2020-01-01T00:00:00.000Z' }],
])('%s is refused with auth_failed and 4101', async (_what, wrong) => {
  const { key } = mesh.auth.enroll()
  const { socket, welcome } = await greeted()
  const signature = key.signChallenge({ ...welcome, ...wrong })
  socket.send({ type: 'auth', public_key: key.publicKey, ...signature })
  expect(await socket.next('error')).toMatchObject({
    code: 'auth_failed',
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test('a challenge signs in once: the same frame again does not renew', async () => {
  const { key } = mesh.auth.enroll()
  const { socket, welcome } = await greeted()
  const frame = { type: 'auth', public_key: key.publicKey, ...key.signChallenge(welcome) }
  socket.send(frame)
  await socket.next('auth_success')
  socket.send(frame)
  expect(await socket.next('error')).toMatchObject({ code: 'auth_failed' })
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test('a forged token is refused with auth_failed and 4101', async () => {
  const { userId } = mesh.auth.enroll()
  const { socket } = await greeted()
  socket.send({ type: 'auth', token: mesh.auth.token(userId).replace(/.{6}$/, 'AAAAAA') })
  expect(await socket.next('error')).toMatchObject({ code: 'auth_failed' })
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test('a login that auth could not judge is no refusal: the client is asked to come back', async () => {
  const { key } = mesh.auth.enroll()
  mesh.auth.failing = failure('overloaded')
  const { socket, welcome } = await greeted()
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(welcome) })
  expect(await socket.next('error')).toMatchObject({ code: 'overloaded', retry: 'later' })
  expect(await socket.ended()).toEqual({ code: 4303, reason: expect.stringMatching(/\d+ ms$/) })
})

test('a silent client is closed with 4100, and a hello without credentials does not save it', async () => {
  const [silent, polite] = [await greeted(), await greeted()]
  polite.socket.send({ type: 'hello', client: 'test' })
  expect(await silent.socket.ended()).toMatchObject({ code: 4100 })
  expect(await polite.socket.ended()).toMatchObject({ code: 4100 })
})

test('a login under way is not cut off, however long auth takes', async () => {
  mesh.auth.delayMs = 600
  const socket = await signedIn(mesh, mesh.auth.enroll().key)
  expect(socket.closed).toBeUndefined()
  await socket.close()
})

test('a login about to end is warned of with a fresh challenge, and renewed in place', async () => {
  const { key, userId } = mesh.auth.enroll()
  mesh.auth.tokenSeconds = 60
  const socket = await signedIn(mesh, key)
  const first = mesh.auth.sessions.at(-1)
  const warning = await socket.next('warning')
  expect(warning).toMatchObject({
    code: 'auth_expiring',
    details: { challenge: expect.any(String) },
  })
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(warning['details']) })
  expect(await socket.next('auth_success')).toMatchObject({
    user_id: userId,
    session_id: first?.session_id,
  })
  expect(mesh.auth.sessions.at(-1)).toMatchObject({ ...first, renewed: true })
  await socket.close()
})

test('a renewal that comes too late for its challenge gets another one', async () => {
  await mesh.edge.stop()
  await mesh.startEdge({ ...ENV, EDGE_CHALLENGE_MS: '100' })
  const { key, userId } = mesh.auth.enroll()
  mesh.auth.tokenSeconds = 60
  const socket = await signedIn(mesh, key)
  const { details: stale } = await socket.next('warning')
  await sleep(150)
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(stale) })
  const { details } = await socket.next('warning')
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(details) })
  expect(await socket.next('auth_success')).toMatchObject({ user_id: userId })
  await socket.close()
  await mesh.edge.stop()
  await mesh.startEdge(ENV)
})

test('a login cannot be renewed by another user', async () => {
  const [ann, bob] = [mesh.auth.enroll(), mesh.auth.enroll()]
  const socket = await signedIn(mesh, ann.key)
  socket.send({ type: 'auth', token: mesh.auth.token(bob.userId) })
  expect(await socket.next('error')).toMatchObject({ code: 'auth_failed' })
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test('a renewal that auth could not judge keeps the socket, and may be tried again', async () => {
  const { key, userId } = mesh.auth.enroll()
  mesh.auth.tokenSeconds = 60
  const socket = await signedIn(mesh, key)
  const { details } = await socket.next('warning')
  mesh.auth.failing = failure('unavailable')
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(details) })
  expect(await socket.next('error')).toMatchObject({ code: 'unavailable', retry: 'later' })
  socket.send({ type: 'auth', token: mesh.auth.token(userId) })
  expect(await socket.next('auth_success')).toMatchObject({ user_id: userId })
  await socket.close()
})

test('a login that is not renewed ends after its grace with 4102', async () => {
  mesh.auth.tokenSeconds = 0.2
  const { key } = mesh.auth.enroll()
  const socket = await signedIn(mesh, key)
  const before = Date.now()
  expect(await socket.ended()).toMatchObject({ code: 4102 })
  expect(Date.now() - before).toBeGreaterThan(400)
})
