// Goal: /ws/events shows what the contracts' table names, to whom it names, filtered by headers alone.
// Method: a real edge and broker; events stored as their services store them.
import { setTimeout as sleep } from 'node:timers/promises'
import { auth, network, notification, user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { Teller } from './teller.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

let mesh: EdgeMesh
let teller: Teller
const open: TestSocket[] = []
beforeAll(async () => {
  mesh = await EdgeMesh.start()
  teller = new Teller(mesh)
})
afterAll(() => mesh.stop())
afterEach(async () => {
  mesh.loses = () => false
  for (const socket of open.splice(0)) await socket.close()
})

const AT = '2026-11-21T09:00:00.000Z'

/** A socket at the door, once it hears what it is to show. */
const watch = async (userId: string, { roles = ['user'], query = '' } = {}) => {
  const token = mesh.auth.token(userId, { roles })
  const socket = new TestSocket(mesh.url(`/ws/events?token=${token}${query}`), { protocols: [] })
  open.push(socket)
  await until(() => socket.websocket.readyState === socket.websocket.OPEN)
  const own = roles.includes('admin') ? [] : [userId, userId, userId]
  const keys = [...own, 'all']
  const isOpen = () =>
    mesh.deps.hub.feeds.filter(({ source, epoch }) => keys.includes(source.key) && epoch !== '')
      .length >= keys.length
  await until(isOpen)
  await sleep(50)
  return socket
}

const alert = (severity: 'info' | 'warning' | 'critical' = 'info', title = 'Upkeep') =>
  teller.raise(notification.events.alerted, {
    ...{ id: newId('alert'), severity, title, body: '', raised_at: AT },
  })
const register = (user_id: string) =>
  teller.raise(user.events.registered, { user_id, username: 'ann', created_at: AT })
const changeRoles = (user_id: string, roles: 'admin'[] = ['admin']) =>
  teller.raise(auth.events.roleChanged, {
    ...{ user_id, roles, previous_roles: ['user' as const], changed_at: AT },
  })
const changePath = (
  user_id: string,
  severity: 'info' | 'warning',
  path_id = newId('connection'),
) => {
  const status = severity === 'info' ? ('connected' as const) : ('stale' as const)
  const data = { user_id, path_id, status, severity, changed_at: AT }
  return teller.raise(network.events.statusChanged, data)
}

const types = (socket: TestSocket): string[] =>
  socket.frames.map(({ event_type }) => String(event_type))
const shows = async (socket: TestSocket, expected: string[]) => {
  await until(() => socket.frames.length >= expected.length)
  expect(types(socket).toSorted()).toEqual(expected.toSorted())
}

test('an event is shown byte for byte, without a word before', async () => {
  const userId = newId('user')
  const socket = await watch(userId)
  const time = await changeRoles(userId)
  expect(await until(() => socket.texts[0])).toBe(
    `{"type":"event","event_type":"USER_ROLE_CHANGED","severity":"warning","timestamp":"${time}","data":{"user_id":"${userId}","roles":["admin"],"previous_roles":["user"],"changed_at":"${AT}"}}`,
  )
  socket.send({ type: 'auth', data: {} }, 'ping')
  expect(await until(() => socket.texts[1])).toBe('pong')
  expect(socket.closed).toBeUndefined()
})

test('a user is shown their own and what is for all, and nothing of others', async () => {
  const [ann, bob] = [newId('user'), newId('user')]
  const socket = await watch(ann)
  for (const userId of [bob, ann]) {
    await register(userId)
    await changeRoles(userId)
    await changePath(userId, 'info')
  }
  await alert()
  await shows(socket, ['USER_CREATED', 'USER_ROLE_CHANGED', 'PATH_STATUS_CHANGED', 'SYSTEM_ALERT'])
  expect(socket.texts.join('')).not.toContain(bob)
})

test('an admin is shown those of everybody', async () => {
  const [ann, bob] = [newId('user'), newId('user')]
  const socket = await watch(ann, { roles: ['user', 'admin'] })
  await register(bob)
  await changeRoles(bob)
  await changePath(bob, 'warning')
  await alert('critical')
  await shows(socket, ['USER_CREATED', 'USER_ROLE_CHANGED', 'PATH_STATUS_CHANGED', 'SYSTEM_ALERT'])
  const created = socket.frames.find(({ event_type }) => event_type === 'USER_CREATED')
  expect(created).toMatchObject({ severity: 'info', data: { user_id: bob, username: 'ann' } })
})

test('what the table does not name is not shown, although it is of the same topic', async () => {
  const userId = newId('user')
  const socket = await watch(userId)
  const changed = { user_id: userId, fields: ['description'], changed_at: AT }
  await teller.raise(user.events.profileChanged, changed)
  await register(userId)
  await shows(socket, ['USER_CREATED'])
})

test.each<[query: string, shown: string[]]>([
  ['severity=critical', ['SYSTEM_ALERT']],
  ['severity=warning', ['PATH_STATUS_CHANGED', 'USER_ROLE_CHANGED']],
  ['severity=warning,critical', ['PATH_STATUS_CHANGED', 'SYSTEM_ALERT', 'USER_ROLE_CHANGED']],
  ['severity=critical&severity=warning&event_type=SYSTEM_ALERT', ['SYSTEM_ALERT']],
  ['event_type=USER_CREATED,PATH_STATUS_CHANGED&severity=info', ['USER_CREATED']],
  ['status=stale', ['PATH_STATUS_CHANGED']],
])('?%s shows %j', async (query, shown) => {
  const userId = newId('user')
  // Others at the same edge want all, and had the frames made before.
  const all = await watch(userId)
  const socket = await watch(userId, { query: `&${query}` })
  await register(userId)
  await changeRoles(userId)
  await changePath(userId, 'warning')
  await alert('critical')
  await shows(all, ['PATH_STATUS_CHANGED', 'SYSTEM_ALERT', 'USER_CREATED', 'USER_ROLE_CHANGED'])
  await shows(socket, shown)
})

test('a path may be named that is to be shown', async () => {
  const userId = newId('user')
  const path = newId('connection')
  const socket = await watch(userId, { query: `&path_id=${path}` })
  await changePath(userId, 'info')
  await changePath(userId, 'info', path)
  await until(() => socket.frames.length > 0)
  expect(socket.frames.map(({ data }) => data.path_id)).toEqual([path])
})

test('an alert whose live copy is lost is shown all the same, and before the next', async () => {
  const socket = await watch(newId('user'))
  let lost = 0
  mesh.loses = ({ subject }) => subject.startsWith('feed.notification.alerts.') && (lost += 1) === 1
  await alert('info', 'first')
  await alert('info', 'second')
  await until(() => socket.frames.length === 2)
  expect(lost).toBe(2)
  expect(socket.frames.map(({ data }) => data.title)).toEqual(['first', 'second'])
})

test('who is no admin any more is shown out with 4103; what shows only one’s own stays', async () => {
  const userId = newId('user')
  const admin = await watch(userId, { roles: ['admin'] })
  const own = await watch(userId)
  await teller.raise(auth.events.roleChanged, {
    ...{ user_id: userId, roles: ['user'], previous_roles: ['admin'], changed_at: AT },
  })
  expect(await admin.ended()).toMatchObject({ code: 4103 })
  await shows(own, ['USER_ROLE_CHANGED'])
  expect(own.closed).toBeUndefined()
})
