// Goal: services may be there before what they need; what is their own fault ends them at once.
// Method: the real services as processes; their broker and database behind ports that open late.
// Shows: P5, N11
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startService } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'
import { ServiceProcess } from './service-process.ts'
import { openSwitchedPath, portOf, through } from './switched-path.ts'

const FULL = process.env['MESH_TEST_FULL'] === '1'
/** How late the broker comes, milliseconds, and for whom. */
const LATE_MS = FULL ? 60_000 : 1_000
const EARLY = FULL
  ? ['auth', 'user', 'network', 'earnings', 'referral', 'notification', 'edge', 'gateway']
  : ['user', 'edge']
// Processes start, one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 })

let mesh: TestMesh
let folder: string
const started: ServiceProcess[] = []

beforeAll(async () => {
  mesh = await startTestMesh()
  folder = await mkdtemp(join(tmpdir(), 'meshboard-life-'))
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(join(folder, 'key.pem'), pem, { mode: 0o600 })
})
afterEach(async () => {
  for (const one of started.splice(0)) if (one.alive) await one.stop('SIGKILL')
})
afterAll(async () => {
  await mesh.stop()
  await rm(folder, { recursive: true, force: true })
})

const start = (service: string, env: Record<string, string>): ServiceProcess => {
  const one = ServiceProcess.start(service, {
    ...mesh.environmentOf(service),
    ...{ LOG_LEVEL: 'info', EDGE_PORT: '0', GATEWAY_PORT: '0' },
    AUTH_SIGNING_KEY_FILES: join(folder, 'key.pem'),
    ...env,
  })
  started.push(one)
  return one
}

/** Every fault it waited out, as often as it said so. */
const waitedFor = (one: ServiceProcess): unknown[] =>
  one.log.filter(({ level }) => level === 'warn').map(({ fault }) => fault)

test('a configuration with faults ends the process at once, with every fault named', async () => {
  const one = start('user', { DATABASE_URL: 'mysql://x', NATS_URL: 'x', STOP_GRACE_MS: '-1' })
  expect(await one.ended()).toBe(1)
  for (const name of ['DATABASE_URL', 'NATS_URL', 'STOP_GRACE_MS']) expect(one.text).toContain(name)
  expect(one.text).not.toMatch(/\n\s+at /)
})

test('a port that is taken ends the process at once', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const door = start('edge', { EDGE_PORT: String(port) })
  const env = { ...mesh.environmentOf('network'), OPS_PORT: String(port) }
  await expect(startService(fakeNetwork({}), env)).rejects.toThrow(/in use/)
  expect(await door.ended()).toBe(1)
  expect(door.text).toMatch(new RegExp(`in use.*${port}`))
  other.close()
})

test('a door without Redis is ready: what it would count there it counts itself', async () => {
  const path = await openSwitchedPath()
  const one = start('gateway', { REDIS_URL: `redis://127.0.0.1:${path.port}` })
  await one.ready()
  expect(await one.stop()).toBe(0)
  expect(one.log.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
    'Redis not reached: attempts are counted here, more strictly',
  ])
})

const EARLIER = 'services that were there before the broker are all ready when it comes'

test(EARLIER, { timeout: LATE_MS + 60_000 }, async () => {
  const path = await openSwitchedPath()
  const all = EARLY.map((name) => start(name, { NATS_URL: through(mesh.nats.url, path) }))
  for (const one of all) await one.misses('broker', /is not reached/)
  await new Promise((resume) => setTimeout(resume, LATE_MS))
  for (const one of all) expect((await one.ops('/livez')).status).toBe(200)
  await path.to(portOf(mesh.nats.url))
  for (const one of all) await one.ready()
  for (const one of all) expect(waitedFor(one).length).toBeLessThanOrEqual(1 + LATE_MS / 30_000)
  expect(await Promise.all(all.map((one) => one.stop()))).toEqual(all.map(() => 0))
  await path.to(undefined)
})

test('a signal ends a service that still waits, with 0', async () => {
  const path = await openSwitchedPath()
  const one = start('user', { DATABASE_URL: through(mesh.adminUrl, path) })
  await one.misses('database', /not opened/)
  expect(await one.stop()).toBe(0)
})
