// Goal: schemas are made once, kept apart, and a missing step is told in one line.
// Method: a real Postgres.
import { schemas } from '@meshboard/deploy'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import knexFactory from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertMigrated, migrate } from '../src/migrate.ts'

let mesh: TestMesh

beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

test('running the migrations again does nothing', async () => {
  const migrations = schemas['network'] ?? {}
  expect(
    await migrate(mesh.adminUrl, { service: 'network', migrations, password: 'test_network' }),
  ).toBe(0)
})

test('a step that is not there yet is named, with what to do', async () => {
  const later = { '9999-later': { up: () => Promise.resolve() } }
  await expect(assertMigrated(mesh.admin, 'network', later)).rejects.toThrow(
    /the schema "network" lacks 9999-later; run "npm run mesh -- setup"/,
  )
})

test('a service cannot read the tables of another', async () => {
  const network = knexFactory({
    client: 'pg',
    connection: mesh.environmentOf('network')['DATABASE_URL'] ?? '',
  })
  await expect(network.raw('select * from earnings.outbox')).rejects.toThrow(/permission denied/)
  await expect(network.raw('drop table network.outbox')).rejects.toThrow(/must be owner/)
  await network.destroy()
})
