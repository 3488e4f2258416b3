// Goal: a backup of a mesh that runs comes back whole somewhere else: the ledger as it was, every
// event there or sent again, and nothing counted twice.
// Method: the real program, broker, Postgres and earnings service; what comes back goes into a scratch
// database and a scratch broker, where the service goes on.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HEADERS, earnings, network } from '@meshboard/contracts'
import { type ScratchDatabase, createScratchDatabase } from '@meshboard/db'
import { schemas, services } from '@meshboard/deploy'
import { PROVISIONER, newId, startService } from '@meshboard/kit'
import {
  type NatsServer,
  StreamReader,
  type TestMesh,
  connectTo,
  isQuiet,
  startNats,
  startTestMesh,
  until,
} from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Reachable, accrual, runIn } from './cli.ts'

const toService = (name: string) => {
  const service = services.find((one) => one.name === name)
  if (!service) throw new Error(`no ${name}`)
  return service
}
const earningsService = toService('earnings')
const USER = newId('user')
const OTHER = newId('user')
let mesh: TestMesh
let scratch: ScratchDatabase
let nats: NatsServer
let folder: string

beforeAll(async () => {
  mesh = await startTestMesh()
  await mesh.start(earningsService)
  scratch = await createScratchDatabase(mesh.adminUrl)
  nats = await startNats()
  folder = await mkdtemp(join(tmpdir(), 'meshboard-backups-'))
})
afterAll(async () => {
  await nats.stop()
  await scratch.drop()
  await rm(folder, { recursive: true })
  await mesh.stop()
})

const passwords = Object.fromEntries(
  Object.keys(schemas).map((service) => [
    `DATABASE_PASSWORD_${service.toUpperCase()}`,
    `test_${service}`,
  ]),
)
const run = (command: string, target: Reachable = mesh) =>
  runIn(target, command, {
    env: {
      ...passwords,
      NATS_PASSWORD: nats.passwordOf(PROVISIONER),
      NATS_SERVER_BIN: process.env['NATS_SERVER_BIN'] ?? 'nats-server',
    },
  })
const elsewhere = (adminUrl = scratch.url): Reachable => ({
  nats,
  adminUrl,
  brokerOf: (service) => mesh.brokerOf(service),
})
const at = (name: string) => join(folder, name)

const entriesOf = async (url: string) => {
  const database = connectTo(url)
  const rows = await database('earnings.entries').select('id', 'amount_micros').orderBy('id')
  await database.destroy()
  return rows
}

/** Streams of an older backup with the database of a newer one: all that may lie between the two. */
const compose = async (older: string, newer: string, to: string): Promise<void> => {
  await cp(at(newer), at(to), { recursive: true })
  await cp(at(`${older}/streams`), at(`${to}/streams`), { recursive: true, force: true })
  const read = async (name: string) =>
    JSON.parse(await readFile(at(`${name}/manifest.json`), 'utf8'))
  const [old, made] = [await read(older), await read(to)]
  const { streams, streams_saved_at } = old
  const files = Object.entries({ ...made.files, ...old.files }).map(([file, written]) => [
    file,
    file.startsWith('streams/') ? written : made.files[file],
  ])
  const manifest = { ...made, streams, streams_saved_at, files: Object.fromEntries(files) }
  await writeFile(at(`${to}/manifest.json`), JSON.stringify(manifest))
}

test('a mesh comes back with its ledger, and events sent after the streams were saved are sent again', async () => {
  await mesh.deliver(network.events.uptimeAccrued, accrual(USER))
  expect((await run(`backup --to ${at('older')}`)).code).toBe(0)
  await mesh.deliver(network.events.uptimeAccrued, accrual(OTHER))
  await mesh.deliver(network.events.uptimeAccrued, { ...accrual(USER), accrual: 2 })
  const saved = await run(`backup --to ${at('newer')}`)
  expect(saved.lines[0]).toMatch(/^streams {3}10 with \d+ messages in /)
  await compose('older', 'newer', 'both')
  const before = await entriesOf(mesh.adminUrl)
  expect(before).toHaveLength(6)

  const back = await run(`restore --from ${at('both')} --json`, elsewhere())
  expect(back.notes).toContain('Now `mesh provision`')
  expect(back.json()).toMatchObject([
    { again: 2, noted: 0, figures: { ledger: { entries: '6', entries_sum: '0', astray: '0' } } },
  ])
  expect(await entriesOf(scratch.url)).toEqual(before)

  const published = await mesh.published(earnings.events.credited)
  const url = new URL(scratch.url)
  ;[url.username, url.password] = ['earnings_app', 'test_earnings']
  const env = { ...mesh.environmentOf('earnings'), NATS_URL: nats.url, DATABASE_URL: url.href }
  const running = await startService(earningsService, env)
  const database = connectTo(scratch.url)
  const streams = await StreamReader.open(nats)
  const quiet = { database, streams, services: ['earnings'], stateful: ['earnings'] }
  await until(() => isQuiet(quiet), { ms: 10_000, late: 'events are still on their way' })
  const stored = await streams.read('EVT_EARNINGS')
  await running.stop()
  await streams.close()
  await database.destroy()
  expect(stored.map(({ data }) => data)).toEqual(published)
  expect(await entriesOf(scratch.url)).toEqual(before)
}, 30_000)

/** Slow enough that the service keeps up on a busy machine. */
const PAUSE_MS = 20
const isFull = process.env['MESH_TEST_FULL'] === '1'

test.runIf(isFull)(
  'nothing is written over: neither a database, nor a broker, nor a folder',
  async () => {
    const again = await run(`restore --from ${at('both')}`, elsewhere())
    expect(again).toMatchObject({
      code: 1,
      notes: expect.stringContaining('The database has auth'),
    })
    const empty = await createScratchDatabase(mesh.adminUrl)
    const other = await run(`restore --from ${at('both')}`, elsewhere(empty.url))
    expect(other).toMatchObject({
      code: 1,
      notes: expect.stringContaining('The broker has ADVISORY'),
    })
    await empty.drop()
    expect((await run(`backup --to ${at('both')}`)).notes).toContain('is not empty')
  },
)

test('a backup that is damaged, or was broken off, is refused before anything is touched', async () => {
  await cp(at('newer'), at('damaged'), { recursive: true })
  const file = at('damaged/database/earnings/entries.copy.gz')
  const bytes = await readFile(file)
  await writeFile(file, bytes.with(bytes.length - 3, 255 - (bytes.at(-3) ?? 0)))
  expect((await run(`restore --from ${at('damaged')}`, elsewhere())).notes).toContain(
    'database/earnings/entries.copy.gz of this backup is damaged or missing',
  )
  await rm(at('damaged/manifest.json'))
  expect((await run(`restore --from ${at('damaged')}`, elsewhere())).notes).toContain(
    'There is no whole backup',
  )
})

test.runIf(isFull)(
  'streams come back beneath a newer database, and get from it what they lack',
  async () => {
    const other = await startNats()
    const beneath = { ...elsewhere(mesh.adminUrl), nats: other }
    const back = await run(`restore --from ${at('older')} --streams-only --json`, beneath)
    expect(back.json()).toMatchObject([
      { again: 2, rows: 0, figures: { ledger: { entries: '6' } } },
    ])
    await mesh.settled()
    const nothing = await createScratchDatabase(mesh.adminUrl)
    const alone = { ...elsewhere(nothing.url), nats: other }
    expect((await run(`restore --from ${at('older')} --streams-only`, alone)).notes).toContain(
      'The database lacks auth',
    )
    await nothing.drop()
    await other.stop()
  },
  30_000,
)

test.runIf(isFull)(
  'a drill brings the mesh that runs back beside it, says what that took, and leaves nothing',
  async () => {
    const databases = () =>
      mesh.admin('pg_database').whereLike('datname', 'meshboard_drill_%').pluck('datname')
    const before = await databases()
    const { code, lines } = await run('backup-drill')
    expect(lines).toContain(
      'The ledger that came back is the one that was saved, and its sums are 0.',
    )
    expect(
      lines.filter((line) => /^ {2}ledger .*entries_sum 0, balances_sum 0/.test(line)),
    ).toHaveLength(1)
    expect(code).toBe(0)
    expect(await databases()).toEqual(before)
  },
  30_000,
)

test.runIf(isFull)(
  'a backup under load has in its database whatever its streams have',
  async () => {
    let isOver = false
    const raising = async () => {
      for (let n = 10; !isOver; n += 1) {
        await mesh.store(network.events.uptimeAccrued, { ...accrual(newId('user')), accrual: n })
        await sleep(PAUSE_MS)
      }
    }
    const load = Promise.all([raising(), raising()])
    await run(`backup --to ${at('loaded')}`)
    isOver = true
    await load

    const [there, other] = [await createScratchDatabase(mesh.adminUrl), await startNats()]
    const back = await run(`restore --from ${at('loaded')}`, {
      ...elsewhere(there.url),
      nats: other,
    })
    expect(back.code).toBe(0)
    const [database, streams] = [connectTo(there.url), await StreamReader.open(other)]
    const raised = new Set(await database('earnings.outbox').pluck('id'))
    const stored = await streams.read('EVT_EARNINGS')
    expect(stored.length).toBeGreaterThan(6)
    expect(stored.filter(({ headers }) => !raised.has(headers[HEADERS.messageId]))).toEqual([])
    await streams.close()
    await database.destroy()
    await there.drop()
    await other.stop()
    await mesh.settled({ ms: 90_000 })
  },
  180_000,
)
