// Goal: a client comes back with a ticket, and nobody asks auth.
// Method: a real edge and broker; a second edge with the same secret beside it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Tickets } from '../src/tickets.ts'
import { EdgeMesh } from './harness.ts'
import { TestSocket, signedIn } from './test-socket.ts'

const SECRET = 'one secret for every edge of a mesh'
let mesh: EdgeMesh

beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_TICKET_SECRET: SECRET })
})
afterAll(() => mesh.stop())

const ticketOf = async (): Promise<{ ticket: string; userId: string }> => {
  const { key, userId } = mesh.auth.enroll()
  const socket = new TestSocket(mesh.url('/ws/v1'))
  const welcome = await socket.next('welcome')
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(welcome) })
  const { ticket, ticket_expires_at: endsAt } = await socket.next('auth_success')
  expect(Date.parse(endsAt as string)).toBeGreaterThan(Date.now())
  await socket.close()
  return { ticket: ticket as string, userId }
}

const comingBack = async (ticket: string): Promise<TestSocket> => {
  const socket = new TestSocket(mesh.url('/ws/v1'))
  await socket.next('welcome')
  socket.send({ type: 'hello', ticket })
  return socket
}

test('a ticket signs in again, as the same user and session, and auth is not asked', async () => {
  const { ticket, userId } = await ticketOf()
  const before = mesh.auth.sessions.length
  const socket = await comingBack(ticket)
  expect(await socket.next('auth_success')).toMatchObject({ user_id: userId })
  expect(mesh.auth.sessions.length).toBe(before)
  await socket.close()
})

test('a ticket opens at another edge that has the secret, and calls go through there', async () => {
  const { ticket } = await ticketOf()
  mesh.answers['network.list'] = () => ({ connections: [] })
  await mesh.edge.stop()
  await mesh.startEdge({ EDGE_TICKET_SECRET: SECRET })
  const socket = await comingBack(ticket)
  await socket.next('auth_success')
  socket.send({ type: 'call', id: 1, procedure: 'network.list', data: {} })
  expect(await socket.answer(1)).toMatchObject({ type: 'reply', data: { connections: [] } })
  await socket.close()
})

test.each([
  ['made by somebody else', (ticket: string) => `${ticket.slice(0, -4)}AAAA`],
  ['cut short', (ticket: string) => ticket.slice(0, 20)],
  ['empty of everything', () => 'A'],
])('a ticket that is %s is refused and the socket closed', async (_, spoil) => {
  const { ticket } = await ticketOf()
  const socket = await comingBack(spoil(ticket))
  expect(await socket.next('error')).toMatchObject({ code: 'auth_failed' })
  expect(await socket.ended()).toMatchObject({ code: 4101 })
})

test('a ticket of another secret, and one whose time is over, are refused', async () => {
  const { userId } = mesh.auth.enroll()
  const token = mesh.auth.token(userId)
  const known = { userId, sessionId: 'ses', roles: [], token }
  const login = { ...known, expiresAt: Date.now() + 60_000, byKey: false }
  const strange = new Tickets({ secret: 'another', lifeMs: 60_000 }).issue(login, 'ses_1')
  const late = new Tickets({ secret: SECRET, lifeMs: 60_000 }).issue(
    { ...login, expiresAt: 1 },
    'ses_1',
  )
  for (const { ticket } of [strange, late]) {
    const socket = await comingBack(ticket)
    expect(await socket.ended()).toMatchObject({ code: 4101 })
  }
})

test('a ticket says nothing of what it holds', async () => {
  const { ticket, userId } = await ticketOf()
  const bytes = Buffer.from(ticket, 'base64url').toString('latin1')
  expect(bytes).not.toContain(userId)
  expect(bytes).not.toContain('token')
})

test('an edge that goes away hands out a fresh ticket; a plain door gets none', async () => {
  const { key, userId } = mesh.auth.enroll()
  const managed = await signedIn(mesh, key)
  const plain = new TestSocket(mesh.url(`/ws/earnings?token=${mesh.auth.token(userId)}`), {
    protocols: [],
  })
  expect(await plain.next('auth_success')).not.toHaveProperty('ticket')
  const stopping = mesh.edge.stop()
  expect(await managed.next('going_away')).toMatchObject({
    ticket: expect.stringMatching(/^[\w-]+$/) as string,
    ticket_expires_at: expect.stringMatching(/Z$/) as string,
  })
  await managed.close()
  await plain.close()
  await stopping
  await mesh.startEdge({ EDGE_TICKET_SECRET: SECRET })
})
