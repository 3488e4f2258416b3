// Goal: Postgres may be ended at any moment; nothing acknowledged is lost and nobody has to be restarted.
// Method: a Postgres of this file's own, ended as by `pg_ctl restart -m immediate` beneath network and earnings under load.
// Shows: D1
import {
  type PostgresServer,
  StreamReader,
  type TestMesh,
  hasPostgresPrograms,
  isQuiet,
  prepareTemplate,
  startPostgres,
  startTestMesh,
  until,
} from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectNothingLost } from './store-audit.ts'
import { StoreLoad } from './store-load.ts'
import { StoreProcess } from './store-process.ts'

if (!hasPostgresPrograms()) test.skip('skipped: postgres (MESH_TEST_POSTGRES_BIN is not set)')

const FULL = process.env['MESH_TEST_FULL'] === '1'
const RESTARTS = FULL ? 20 : 2
const SERVICES = ['network', 'earnings']
const RECOVER_MS = 5_000

describe.runIf(hasPostgresPrograms())('while Postgres crashes', () => {
  let postgres: PostgresServer
  let mesh: TestMesh
  let streams: StreamReader
  let processes: StoreProcess[]
  beforeAll(async () => {
    postgres = await startPostgres()
    process.env['MESH_TEST_POSTGRES_URL'] = postgres.url
    await prepareTemplate()
    mesh = await startTestMesh({ dedupeMs: 600_000 })
    streams = await StreamReader.open(mesh.nats)
    const env = { NETWORK_ACCRUAL_PERIOD_MS: '1000' }
    processes = SERVICES.map((name) => new StoreProcess(mesh, name, { env }))
  }, 60_000)
  afterAll(async () => {
    for (const process of processes) await process.stop()
    await streams.close()
    await mesh.stop()
    await postgres.stop()
  })

  test(
    `${RESTARTS} times under load, nothing is lost and services answer within 5 s`,
    async () => {
      const load = await StoreLoad.start(mesh, 8)
      await load.answersAgain(20_000)
      for (let restart = 0; restart < RESTARTS; restart += 1) {
        await sleep(500 + Math.random() * 500)
        await postgres.crash()
        await sleep(200)
        await postgres.start()
        await load.answersAgain(RECOVER_MS)
      }
      const acknowledged = await load.stop()
      const quiet = { database: mesh.admin, streams, services: SERVICES, stateful: SERVICES }
      await until(() => isQuiet(quiet).catch(() => false), {
        ms: 60_000,
        late: 'events are still on their way',
      })
      expect(acknowledged).toHaveLength(8)
      expect(load.wrong).toEqual([])
      await expectNothingLost({ mesh, streams }, acknowledged)
    },
    RESTARTS * 15_000 + 120_000,
  )
})
