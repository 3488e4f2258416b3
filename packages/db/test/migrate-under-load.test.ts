// Goal: a schema can be brought up to date at any moment, by several at once, and nobody notices.
// Method: a Postgres of this file's own; steps run beneath a service of the build before, under load.
// Shows: D7
import { network } from '@meshboard/contracts'
import { schemas } from '@meshboard/deploy'
import { newId } from '@meshboard/kit'
import {
  type PostgresServer,
  type TestMesh,
  connectTo,
  hasPostgresPrograms,
  prepareTemplate,
  startPostgres,
  startTestMesh,
} from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { dumpSchema } from '../src/index.ts'
import { type Migrations, migrate } from '../src/migrate.ts'
import { fakeNetwork, uptimeOf } from './fake-network.ts'

if (!hasPostgresPrograms()) test.skip('skipped: postgres (MESH_TEST_POSTGRES_BIN is not set)')

/** What the next build might add: to tables that every call writes. */
const NEXT: Migrations = {
  '9001-next-column': {
    up: (knex) => knex.raw("alter table outbox add column next text not null default 'x'"),
  },
  '9002-next-index': { up: (knex) => knex.raw('create index next_outbox on outbox (next)') },
  '9003-next-table': {
    up: (knex) => knex.raw('create table next (id text primary key, at timestamptz)'),
  },
}
/** Longer than a call may take: who waited behind a step that waits for this would be refused. */
const READER_MS = 3_000

describe.runIf(hasPostgresPrograms())('a schema', () => {
  let postgres: PostgresServer
  let mesh: TestMesh
  beforeAll(async () => {
    postgres = await startPostgres()
    vi.stubEnv('MESH_TEST_POSTGRES_URL', postgres.url)
    await prepareTemplate()
    mesh = await startTestMesh()
  })
  afterAll(async () => {
    await mesh.stop()
    await postgres.stop()
    vi.unstubAllEnvs()
  })

  const planOf = (service: string, migrations: Migrations) => ({
    service,
    migrations,
    password: `test_${service}`,
  })

  const withEmptyDatabase = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
    const name = `empty_${newId('event').slice(-12)}`
    await mesh.admin.raw(`create database ${name}`)
    const url = new URL(postgres.url)
    url.pathname = `/${name}`
    try {
      return await work(url.href)
    } finally {
      await mesh.admin.raw(`drop database ${name}`)
    }
  }

  const dumpOf = async (url: string, service: string): Promise<string> => {
    const admin = connectTo(url)
    try {
      return await dumpSchema(admin, service)
    } finally {
      await admin.destroy()
    }
  }

  test.each(Object.keys(schemas))(
    'of %s comes out the same step by step, and by two at once',
    async (service) => {
      const steps = Object.entries(schemas[service] ?? {})
      const stepwise = await withEmptyDatabase(async (url) => {
        for (let count = 1; count <= steps.length; count += 1)
          await migrate(url, planOf(service, Object.fromEntries(steps.slice(0, count))))
        return dumpOf(url, service)
      })
      const atOnce = await withEmptyDatabase(async (url) => {
        const plan = planOf(service, Object.fromEntries(steps))
        const ran = await Promise.all([migrate(url, plan), migrate(url, plan)])
        expect(ran).toContain(0)
        expect(ran).toContain(steps.length + 1)
        expect(await migrate(url, plan)).toBe(0)
        return dumpOf(url, service)
      })
      expect(atOnce).toBe(stepwise)
    },
  )

  test('is brought up to date beneath the build before, and no call fails', async () => {
    await mesh.start(
      fakeNetwork({
        async echo(tx, data) {
          await tx.publish(network.events.uptimeAccrued, uptimeOf(newId('user'), 1))
          return data
        },
      }),
    )
    const ann = await mesh.user()
    let over = false
    let answered = 0
    const calling = Array.from({ length: 4 }, async () => {
      while (!over) {
        await mesh.call(network.procedures.echo, { data: 'x' }, ann)
        answered += 1
        await sleep(5)
      }
    })
    const reader = mesh.admin.raw(
      `select count(*), pg_sleep(${READER_MS / 1_000}) from network.outbox`,
    )
    void reader.then(
      () => undefined,
      () => undefined,
    )
    await sleep(100)

    const plan = planOf('network', { ...schemas['network'], ...NEXT })
    const ran = await Promise.all([
      migrate(mesh.adminUrl, plan),
      migrate(mesh.adminUrl, plan),
    ]).finally(() => (over = true))
    await Promise.all(calling)
    await reader

    expect(ran).toContain(0)
    expect(ran).toContain(3)
    expect(answered).toBeGreaterThan(50)
  })
})
