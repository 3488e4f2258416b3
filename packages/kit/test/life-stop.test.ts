// Goal: who is told to stop finishes what it has in hand, in the stated order, loses nothing and leaves with 0.
// Method: the real user service as a process; its tables are locked until it has been told to stop.
// Shows: P4
import { auth, user } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { newId } from '../src/index.ts'
import { ServiceProcess } from './service-process.ts'

/** How often it is stopped in the middle of everything. */
const ROUNDS = process.env['MESH_TEST_FULL'] === '1' ? 200 : 2
const ORDER = [
  'stopping: not ready any more',
  'stopping: not discoverable any more',
  'stopping: no new calls',
  'stopping: no new deliveries',
  'stopping: nothing in flight',
  'stopping: outbox relay closed',
  'stopping: broker closed',
  'stopping: database closed',
  'stopping: ops server closed',
  'stopping: telemetry closed',
  'stopped',
]
// Processes start, one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 })

let mesh: TestMesh
let ann: TestUser
const started: ServiceProcess[] = []

beforeAll(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
  const at = new Date()
  const profile = { user_id: ann.userId, username: 'ann', created_at: at, updated_at: at }
  await mesh.admin('user.profiles').insert(profile)
})
afterEach(async () => {
  for (const one of started.splice(0)) if (one.alive) await one.stop('SIGKILL')
})
afterAll(() => mesh.stop())

const start = async (env: Record<string, string> = {}): Promise<ServiceProcess> => {
  const settings = { ...mesh.environmentOf('user'), LOG_LEVEL: 'info', ...env }
  const one = ServiceProcess.start('user', settings)
  started.push(one)
  await one.ready()
  return one
}

/** Nobody gets at its tables; gives the way to let go. */
const lockTables = async () => {
  const held = await mesh.admin.transaction()
  await held.raw('lock table "user".profiles, "user".activity in access exclusive mode')
  return held
}

const waitingForLocks = async (): Promise<number> => {
  const { rows } = await mesh.admin.raw(
    `select count(*)::int as n from pg_locks join pg_database d on d.oid = database
     where not granted and datname = current_database()`,
  )
  return (rows as { n: number }[])[0]?.n ?? 0
}

const opened = (user_id: string) => ({
  session_id: newId('session'),
  user_id,
  opened_at: new Date().toISOString(),
})

test('a stop amid a call, a delivery and their transactions loses none of them', async () => {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const one = await start()
    const visitor = newId('user')
    const held = await lockTables()
    const call = mesh.call(user.procedures.update, { description: `round ${round}` }, ann)
    await mesh.deliver(auth.events.sessionOpened, opened(visitor))
    await until(async () => (await waitingForLocks()) >= 2)
    one.child.kill('SIGTERM')
    await one.said(/no new deliveries/)
    expect((await one.ops('/readyz')).status).toBe(503)
    expect((await one.ops('/livez')).status).toBe(200)
    expect((await mesh.callFails(user.procedures.get, {}, ann)).code).toBe('unavailable')
    await held.commit()
    expect(await call).toMatchObject({ description: `round ${round}` })
    expect(await one.ended()).toBe(0)
    expect(one.log.map(({ msg }) => msg).slice(-ORDER.length)).toEqual(ORDER)
    expect(await mesh.admin('user.activity').where({ user_id: visitor })).toHaveLength(1)
    expect(await mesh.published(user.events.profileChanged)).toHaveLength(round)
  }
}, 1_800_000)

test('what is in hand for longer than the grace is cut off, and the process ends with 0', async () => {
  const one = await start({ STOP_GRACE_MS: '200', DATABASE_STATEMENT_TIMEOUT_MS: '2000' })
  const held = await lockTables()
  const call = mesh.callFails(user.procedures.update, { description: 'too late' }, ann)
  await until(async () => (await waitingForLocks()) >= 1)
  expect(await one.stop()).toBe(0)
  expect(one.log.map(({ msg }) => msg)).toContain('stopping: work in flight was cut off')
  await held.rollback()
  expect(['deadline_exceeded', 'unavailable']).toContain((await call).code)
  const { description } = await mesh.admin('user.profiles').where({ user_id: ann.userId }).first()
  expect(description).not.toBe('too late')
})

test('a stopping service that is not ready any more still answers for as long as it is told to', async () => {
  const one = await start({ READY_OFF_MS: '1500' })
  one.child.kill('SIGTERM')
  await one.said(/not discoverable any more/)
  expect((await one.ops('/readyz')).status).toBe(503)
  expect(await mesh.call(user.procedures.get, {}, ann)).toMatchObject({ username: 'ann' })
  expect(await one.ended()).toBe(0)
})
