// Goal: a cancel ends the statement it was for, and never what runs on the connection afterwards.
// Method: transactions given up at random moments; and a server that takes no cancel.
// Shows: O4
import { setTimeout as sleep } from 'node:timers/promises'
import { earnings } from '@meshboard/contracts'
import { type RunningService, createMetrics, newId, withActiveCall } from '@meshboard/kit'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, consumer } from '../src/index.ts'
import { type Deps, SEED, creditOf, fakeNetwork, isFull, seededRandom } from './fake-network.ts'

let mesh: TestMesh
let running: RunningService
let database: Database

beforeEach(async () => {
  mesh = await startTestMesh()
  running = await mesh.start(fakeNetwork({ relays: false }), { DATABASE_CONNECTIONS_MAX: '2' })
  ;({ database } = running.deps as Deps)
})
afterEach(() => mesh.stop())

/** A call that ends when it is told to. */
const callToEnd = () => {
  const abort = new AbortController()
  const call = { deadline: Date.now() + 60_000, signal: abort.signal }
  return { call, end: () => abort.abort(new Error('late')) }
}

const slow = consumer({
  name: 'slow',
  event: earnings.events.credited,
  handle: async ({ tx }, _deps: Deps) => void (await tx.raw('select pg_sleep(0.002)')),
})

test(`a consumer that ran out of time never has another statement cancelled, seed ${SEED}`, async () => {
  const random = seededRandom()
  const metrics = createMetrics('test')
  const log = running.runtime.log
  const failures: unknown[] = []
  const ask = () => database.query.raw('select pg_sleep(0.002)').catch((e) => failures.push(e))
  for (let round = 0; round < (isFull ? 600 : 100); round += 1) {
    const { call, end } = callToEnd()
    const of = { ...{ topic: 'credited', key: 'all', n: round, log, metrics }, signal: call.signal }
    const received = { ...of, id: newId('event'), data: creditOf(newId('user')) }
    setTimeout(end, 2 + random() * 6)
    const handled = withActiveCall(call, () => slow.handle(received as never, { database }))
    await handled.catch(() => undefined)
    await Promise.all([ask(), ask()])
  }
  expect(failures).toEqual([])
})

const cancelledCount = async (): Promise<number> => {
  const text = await running.runtime.metrics.registry.metrics()
  return Number(/^mesh_database_statements_cancelled_total{.*} (\d+)$/m.exec(text)?.[1])
}

test('a statement that the server is told twice to cancel counts once', async () => {
  const { call, end } = callToEnd()
  const stubborn = `do $$ begin perform pg_sleep(8);
    exception when query_canceled then perform pg_sleep(8); end $$`
  const refused = withActiveCall(call, () => database.query.raw(stubborn).then(() => undefined))
  setTimeout(end, 100)
  await expect(refused).rejects.toMatchObject({ code: '57014' })
  expect(await cancelledCount()).toBe(1)
})

/** How many connections a service can have before it is refused another; -1 for any number. */
const allowConnections = async (limit: number): Promise<void> => {
  const { rows } = await mesh.admin.raw('select current_database() as name')
  await mesh.admin.raw(`alter database ?? connection limit ${limit}`, [rows[0].name])
}

const pidOf = async (): Promise<number> =>
  (await database.query.raw('select pg_backend_pid() as pid')).rows[0].pid

test('a connection whose statement could not be cancelled is ended, and nobody gets it', async () => {
  const before = await pidOf()
  await allowConnections(0)
  await mesh.admin.raw(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where usename = 'network_app' and datname = current_database() and pid <> ?`,
    [before],
  )
  const { call, end } = callToEnd()
  const refused = withActiveCall(call, () =>
    database.query.raw('select pg_sleep(4)').then(() => undefined),
  )
  await sleep(100)
  end()
  await expect(refused).rejects.toThrow('Connection terminated')
  await allowConnections(-1)
  expect(await until(pidOf)).not.toBe(before)
})
