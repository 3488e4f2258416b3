// Goal: how long statements run, how many connections they take and who relays is told.
// Method: a real service; statements that succeed, fail and hold their connection.
import { network } from '@meshboard/contracts'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { type RunningService, defineService } from '@meshboard/kit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Database, databaseConfig, openDatabase, outboxRelay } from '../src/index.ts'

let mesh: TestMesh
const started: RunningService[] = []
beforeAll(async () => (mesh = await startTestMesh()))
afterEach(async () => {
  for (const running of started.splice(0)) await running.stop()
})
afterAll(() => mesh.stop())

const relaying = defineService({
  contract: { ...network, procedures: {} },
  config: databaseConfig,
  uses: { calls: [] },
  open: async (opening) => ({ database: await openDatabase(opening, {}) }),
  procedures: {},
  tasks: [outboxRelay],
})

const start = async () => {
  const running = await mesh.start(relaying)
  started.push(running)
  const { database } = running.deps as { database: Database }
  const measured = async (name: string, labels = ''): Promise<number> => {
    const text = await running.runtime.metrics.registry.metrics()
    const line = text.split('\n').find((one) => one.startsWith(`${name}{`) && one.includes(labels))
    return Number(line?.split(' ').at(-1) ?? 0)
  }
  return { running, query: database.query, measured }
}

test('statements are measured by their first word, those that fail apart', async () => {
  const { query, measured } = await start()
  const count = 'mesh_database_statement_duration_seconds_count'
  const before = await measured(count, 'operation="select",outcome="ok"')
  await query.raw('select 1')
  await query.raw('  select 2')
  await expect(query.raw('select nothing_like_it')).rejects.toThrow('nothing_like_it')
  await expect(query.raw('explode')).rejects.toThrow('syntax')
  expect(await measured(count, 'operation="select",outcome="ok"')).toBe(before + 2)
  expect(await measured(count, 'operation="select",outcome="failed"')).toBe(1)
  expect(await measured(count, 'operation="other",outcome="failed"')).toBe(1)
})

test('connections at work are told beside how many there may be', async () => {
  const { query, measured } = await start()
  expect(await measured('mesh_database_connections_max')).toBe(4)
  const held = [1, 2].map(() => query.raw('select pg_sleep(0.3)').then(() => undefined))
  await until(async () => (await measured('mesh_database_connections_used')) === 2)
  await Promise.all(held)
  await until(async () => (await measured('mesh_database_connections_used')) === 0)
})

test('of several processes one says that it relays, and the next when that one has stopped', async () => {
  const [first, second] = [await start(), await start()]
  const all = [first, second]
  const leading = async () => {
    const said = await Promise.all(all.map(({ measured }) => measured('mesh_outbox_leads')))
    return all.filter((_, at) => said[at] === 1)
  }
  await until(async () => (await leading()).length === 1)
  const [leader] = await leading()
  await leader?.running.stop()
  await until(async () => {
    const now = await leading()
    return now.length === 1 && now[0] !== leader
  })
})
