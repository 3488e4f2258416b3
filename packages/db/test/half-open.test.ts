// Goal: a network that swallows everything holds nobody up for long, and leaves nothing behind.
// Method: a proxy before Postgres goes silent beneath a service with its pool in use, and is mended.
// Shows: D2
import { Failure, network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TcpProxy, type TestMesh, startProxy, startTestMesh, until } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../src/index.ts'
import { type Deps, fakeNetwork, uptimeOf } from './fake-network.ts'

const FULL = process.env['MESH_TEST_FULL'] === '1'
const ROUNDS = FULL ? 2 : 1
const SILENCE_MS = FULL ? 60_000 : 1_000
const STATEMENT_MS = 2_500
/** What a pool's connection, and a wait for one, may take at most. */
const WAIT_MS = 5_000
const CONNECTIONS = 4

let mesh: TestMesh
let proxy: TcpProxy
let database: Database
beforeAll(async () => {
  mesh = await startTestMesh()
  const direct = new URL(mesh.environmentOf('network')['DATABASE_URL'] ?? '')
  proxy = await startProxy({ port: Number(direct.port), host: direct.hostname })
  const through = new URL(direct)
  through.host = `127.0.0.1:${proxy.port}`
  const running = await mesh.start(fakeNetwork({}), {
    DATABASE_URL: through.href,
    DATABASE_CONNECTIONS_MAX: String(CONNECTIONS),
    DATABASE_STATEMENT_TIMEOUT_MS: String(STATEMENT_MS),
  })
  ;({ database } = running.deps as Deps)
})
afterAll(async () => {
  await mesh.stop()
  await proxy.stop()
})

let accrual = 0
const change = async () => {
  accrual += 1
  const fact = uptimeOf(newId('user'), accrual)
  await database.transaction((tx) => tx.publish(network.events.uptimeAccrued, fact))
  return fact.accrual
}

/** Twice as many as the pool has connections for. */
const changeAll = () => Promise.all(Array.from({ length: 2 * CONNECTIONS }, change))

/** How such a change ends, and whether within the time. */
const refusedInTime = async (): Promise<string> => {
  const late = sleep(WAIT_MS, 'late', { ref: false })
  const refused = change().then(
    () => 'done',
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  )
  return Promise.race([refused, late])
}

const connectionsInUse = async (): Promise<number> => {
  const { rows } = await mesh.admin.raw<{ rows: { open: number }[] }>(
    `select count(*)::int as open from pg_stat_activity
     where datname = current_database() and application_name = 'network'`,
  )
  return rows[0]?.open ?? 0
}

test(
  `what is sent into the silence is refused in time, and afterwards the pool is as before; ${ROUNDS} times`,
  async () => {
    const changed: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      changed.push(...(await changeAll()))
      proxy.blackhole()
      const end = Date.now() + SILENCE_MS
      do {
        const outcomes = await Promise.all(
          Array.from({ length: 2 * CONNECTIONS }, () => refusedInTime()),
        )
        for (const outcome of outcomes) expect(['unavailable', 'overloaded']).toContain(outcome)
      } while (Date.now() < end)
      proxy.restore()

      changed.push(...(await until(() => changeAll().catch(() => undefined), { ms: WAIT_MS })))
      const { pool } = database.query.client as {
        pool: { numUsed(): number; numPendingAcquires(): number }
      }
      expect([pool.numUsed(), pool.numPendingAcquires()]).toEqual([0, 0])
      await until(async () => (await connectionsInUse()) <= CONNECTIONS)
    }
    const told = await mesh.published(network.events.uptimeAccrued)
    expect(told.map((fact) => fact.accrual)).toEqual(expect.arrayContaining(changed))
  },
  ROUNDS * (SILENCE_MS + 30_000) + 30_000,
)
