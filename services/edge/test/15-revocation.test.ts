// Goal: a session that is ended closes its sockets on every edge, and opens none.
// Method: a real edge and broker; auth's event stored as auth would store it.
// Shows: W10 (part)
import { HEADERS, auth, eventSubject, filterHeader, streamName } from '@meshboard/contracts'
import { encodeJson, newId } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { TestSocket } from './test-socket.ts'

const { name, topic } = auth.events.sessionRevoked
let mesh: EdgeMesh

beforeAll(async () => {
  mesh = await EdgeMesh.start()
})
afterAll(() => mesh.stop())

const signedIn = async () => {
  const { key, userId } = mesh.auth.enroll()
  const socket = new TestSocket(mesh.url('/ws/v1'))
  const welcome = await socket.next('welcome')
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(welcome) })
  const session = await socket.next('auth_success')
  const { session_id: sessionId, ticket } = session as { session_id: string; ticket: string }
  return { socket, userId, sessionId, ticket }
}

const revoke = async (userId: string, sessionId: string): Promise<void> => {
  const broker = await mesh.brokerOf('auth')
  const data = { user_id: userId, session_id: sessionId, reason: 'logout', revoked_at: 'now' }
  const subject = eventSubject('auth', topic, userId)
  await broker.store(streamName('auth'), subject, encodeJson(data), {
    id: newId('event'),
    headers: { [HEADERS.event]: name, [HEADERS.n]: '1', [filterHeader('session_id')]: sessionId },
    deadline: Date.now() + 2_000,
  })
}

test('the sockets of an ended session close with 4103, those of others stay', async () => {
  const ann = await signedIn()
  const bob = await signedIn()
  await revoke(ann.userId, ann.sessionId)
  expect(await ann.socket.ended()).toMatchObject({ code: 4103 })
  bob.socket.send({ type: 'call', id: 1, procedure: 'network.list', data: {} })
  expect(await bob.socket.answer(1)).toMatchObject({ id: 1 })
  await bob.socket.close()
})

test('a ticket of an ended session opens nothing', async () => {
  const { socket, userId, sessionId, ticket } = await signedIn()
  await revoke(userId, sessionId)
  await socket.ended()
  const back = new TestSocket(mesh.url('/ws/v1'))
  await back.next('welcome')
  back.send({ type: 'hello', ticket })
  expect(await back.ended()).toMatchObject({ code: 4101 })
})

test('an edge that starts later knows the sessions that ended before', async () => {
  const { userId } = mesh.auth.enroll()
  const sessionId = newId('session')
  const token = mesh.auth.token(userId, { sessionId })
  expect(await isRefused(token)).toBe(false)
  mesh.auth.revoked.add(sessionId)
  await mesh.edge.stop()
  await mesh.startEdge()
  await expect.poll(() => isRefused(token)).toBe(true)
})

const isRefused = async (token: string): Promise<boolean> => {
  const socket = new TestSocket(mesh.url('/ws/v1'))
  await socket.next('welcome')
  socket.send({ type: 'hello', token })
  const answer = await Promise.race([socket.next('auth_success'), socket.next('error')])
  await socket.close()
  return answer['type'] === 'error'
}
