// Goal: a service outlives whatever is wrong outside when it starts, and says what it misses in one sentence.
// Method: the real service as a process; its broker and database behind ports whose other end changes.
// Shows: P5
import { randomBytes } from 'node:crypto'
import {
  type NatsServer,
  type TestMesh,
  connectTo,
  startNats,
  startTestMesh,
} from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ServiceProcess } from './service-process.ts'
import { openSwitchedPath, portOf, through } from './switched-path.ts'

// Processes start, one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 })

let mesh: TestMesh
const started: ServiceProcess[] = []
const servers: NatsServer[] = []

beforeAll(async () => {
  mesh = await startTestMesh()
})
afterEach(async () => {
  for (const one of started.splice(0)) if (one.alive) await one.stop('SIGKILL')
  for (const server of servers.splice(0)) await server.stop()
})
afterAll(() => mesh.stop())

const start = (env: Record<string, string>): ServiceProcess => {
  const settings = { ...mesh.environmentOf('user'), LOG_LEVEL: 'info', ...env }
  const one = ServiceProcess.start('user', settings)
  started.push(one)
  return one
}

/** The port of a broker without streams, whose users have these rights. */
const brokerWith = async (permissions?: string): Promise<number> => {
  const server = await startNats(permissions)
  servers.push(server)
  return portOf(server.url)
}

const withoutRights = (password: string) => `accounts { MESH { jetstream: enabled, users: [
  { user: user, password: "${password}", permissions: {
    publish: { allow: ["x"] }, subscribe: { allow: ["_INBOX.user.>"] } } }
] } }`

test('a service waits for a broker that is absent, refuses it, grants it nothing, or has no streams', async () => {
  const path = await openSwitchedPath()
  const one = start({ NATS_URL: through(mesh.nats.url, path) })
  await one.misses('broker', /^the broker at 127\.0\.0\.1:\d+ is not reached: connection refused$/)
  expect((await one.ops('/livez')).status).toBe(200)
  expect((await one.ops('/startupz')).status).toBe(503)
  await path.to(await brokerWith(withoutRights('another')))
  await one.misses('broker', /refuses user "user": user or password is wrong$/)
  await path.to(await brokerWith(withoutRights(mesh.nats.passwordOf('user'))))
  await one.misses('stream', /STREAM\.INFO\.EVT_USER/)
  await path.to(await brokerWith())
  await one.misses('stream', /EVT_USER.*not found.*setup/)
  await path.to(portOf(mesh.nats.url))
  await one.ready()
  const said = one.log.filter(({ level }) => level === 'warn').map(({ fault }) => fault)
  expect(new Set(said).size).toBe(said.length)
  expect(await one.stop()).toBe(0)
  await path.to(undefined)
})

test('a service waits for a database that is absent, refuses it, lacks the database or a step', async () => {
  const path = await openSwitchedPath()
  const role = `life_${randomBytes(4).toString('hex')}`
  const url = new URL(through(mesh.adminUrl, path))
  Object.assign(url, { username: role, password: 'right' })
  const [step] = await mesh.admin('user.migrations').orderBy('id', 'desc').limit(1)
  await mesh.admin('user.migrations').where({ name: step.name }).delete()
  const server = connectTo(Object.assign(new URL(mesh.adminUrl), { pathname: '/postgres' }).href)
  await server.raw(`create role ${role} login password 'wrong' in role user_app`)
  const one = start({ DATABASE_URL: url.href })
  await one.misses(
    'database',
    /^the database ".*" at 127\.0\.0\.1:\d+ is not opened: connect ECONNREFUSED/,
  )
  await path.to(portOf(mesh.adminUrl))
  await one.misses('database', /password authentication failed for user/)
  await server.raw(`alter role ${role} password 'right'`)
  await one.misses('database', /the schema "user" lacks .*; run "npm run mesh -- setup"/)
  await mesh.admin('user.migrations').insert(step)
  await one.ready()
  expect(one.text).not.toContain('right@')
  expect(await one.stop()).toBe(0)
  const missing = Object.assign(new URL(url), { pathname: '/nowhere' })
  const other = start({ DATABASE_URL: missing.href })
  await other.misses('database', /database "nowhere" does not exist$/)
  expect((await other.ops('/livez')).status).toBe(200)
  expect(await other.stop()).toBe(0)
  await server.raw(`drop role ${role}`)
  await server.destroy()
  await path.to(undefined)
})
