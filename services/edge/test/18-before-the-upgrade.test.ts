// Goal: who comes to /ws/metrics or /ws/events without a good token, or from a foreign page, gets no socket.
// Method: a real edge and broker; tokens spoilt in every way, and what the log says of each attempt.
import { auth } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { Teller } from './teller.ts'
import { TestAuth } from './test-auth.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const HOME = 'https://board.example.org'

let mesh: EdgeMesh
const lines: Record<string, unknown>[] = []
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_ORIGINS: HOME })
  mesh.edge.runtime.log.info = (line: unknown, message?: unknown) =>
    void lines.push({ ...(line as object), message })
})
afterAll(() => mesh.stop())
beforeEach(() => void lines.splice(0))

const DOORS = ['/ws/metrics', '/ws/events']

const knock = (path: string, headers: Record<string, string> = {}) =>
  new TestSocket(mesh.url(path), { protocols: [], headers })

const revokedToken = async () => {
  const { userId } = mesh.auth.enroll()
  const sessionId = newId('session')
  const token = mesh.auth.token(userId, { sessionId })
  const data = { user_id: userId, session_id: sessionId, revoked_at: '2026-11-21T09:00:00.000Z' }
  await new Teller(mesh).raise(auth.events.sessionRevoked, { ...data, reason: 'logout' })
  return token
}

const BAD: Record<string, () => string | Promise<string>> = {
  missing: () => '',
  empty: () => '?token=',
  malformed: () => '?token=nonsense',
  unsigned: () => '?token=eyJhbGciOiJub25lIn0.e30.',
  expired: () => `?token=${mesh.auth.token(newId('user'), { seconds: -60 })}`,
  forged: () => `?token=${new TestAuth().token(newId('user'))}`,
  revoked: async () => `?token=${await revokedToken()}`,
}

test.each(DOORS.flatMap((door) => Object.keys(BAD).map((kind) => [door, kind] as const)))(
  '%s: a token that is %s is refused with 401, an empty body and an audit line',
  async (door, kind) => {
    const query = (await BAD[kind]?.()) ?? ''
    await expect
      .poll(async () => {
        const socket = knock(`${door}${query}`)
        return until(() => socket.refused ?? (socket.websocket.readyState === 1 && 'opened'))
      })
      .toEqual({ status: 401, body: '' })
    const line = lines.findLast(({ message }) => message === 'upgrade refused')
    expect(line).toMatchObject({ status: 401, path: door, address: '127.0.0.1' })
    expect(line?.['reason']).toMatch(/token/)
    const token = query.slice('?token='.length)
    if (token !== '') expect(JSON.stringify(lines)).not.toContain(token)
  },
)

test.each(DOORS)('%s: a good token opens it, and the audit line names its user', async (door) => {
  const { userId } = mesh.auth.enroll()
  const socket = knock(`${door}?token=${mesh.auth.token(userId)}`, { origin: HOME })
  const line = await until(() => lines.find(({ message }) => message === 'signed in'))
  expect(line).toMatchObject({ user_id: userId, door, address: '127.0.0.1' })
  await socket.close()
})

test.each(DOORS)('%s: a page of another origin is refused with 403', async (door) => {
  const token = mesh.auth.token(newId('user'))
  const socket = knock(`${door}?token=${token}`, { origin: 'https://elsewhere.example' })
  expect(await until(() => socket.refused)).toEqual({ status: 403, body: '' })
  expect(lines).toMatchObject([{ status: 403, path: door, message: 'upgrade refused' }])
})

test.each([
  '/ws/events?severity=urgent',
  '/ws/events?severity=',
  '/ws/events?event_type=USER_DELETED',
  '/ws/events?event_type=USER_CREATED,',
  '/ws/events?severty=critical',
  '/ws/metrics?user_id=usr_1',
])('%s is refused with 400: a filter that is not understood is not passed over', async (path) => {
  const socket = knock(`${path}&token=${mesh.auth.token(newId('user'))}`)
  expect(await until(() => socket.refused)).toEqual({ status: 400, body: '' })
})

test('a session that ends closes the socket with 4103', async () => {
  const { userId } = mesh.auth.enroll()
  const sessionId = newId('session')
  const socket = knock(`/ws/events?token=${mesh.auth.token(userId, { sessionId })}`)
  await until(() => lines.find(({ message }) => message === 'signed in'))
  const data = { user_id: userId, session_id: sessionId, revoked_at: '2026-11-21T09:00:00.000Z' }
  await new Teller(mesh).raise(auth.events.sessionRevoked, { ...data, reason: 'logout' })
  expect(await socket.ended()).toMatchObject({ code: 4103 })
})
