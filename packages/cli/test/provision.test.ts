// Goal: the broker is brought to what the contracts want, after it was shown what that changes; no
// data goes unasked, and nothing is done that could lose what was acknowledged.
// Method: the real program on a real broker with the generated permissions.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contract, earnings, event } from '@meshboard/contracts'
import { brokerPermissions, planOf, services } from '@meshboard/deploy'
import { PROVISIONER, connectBroker, provision } from '@meshboard/kit'
import { type NatsServer, StreamReader, startNats } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIn } from './cli.ts'

const retired = [{ stream: 'EVT_OLD' }]
const permissions = brokerPermissions({ retired })
const withoutNetwork = permissions.replace(/\n *\{ user: network,[^\n]*\n[^\n]*\n[^\n]*/, '')
let nats: NatsServer
let streams: StreamReader
let folder: string

beforeAll(async () => {
  nats = await startNats(permissions, { syncs: true })
  streams = await StreamReader.open(nats)
  folder = await mkdtemp(join(tmpdir(), 'meshboard-users-'))
})
afterAll(async () => {
  await streams.close()
  await nats.stop()
  await rm(folder, { recursive: true })
})

const asProvisioner = () => ({
  servers: [nats.url],
  service: PROVISIONER,
  user: PROVISIONER,
  password: nats.passwordOf(PROVISIONER),
})

const run = (args: string, options: Parameters<typeof runIn>[2] & { on?: NatsServer } = {}) => {
  const { on = nats, env } = options
  const mesh = { nats: on, brokerOf: () => Promise.reject(new Error('not asked for')) }
  const password = { NATS_PASSWORD: on.passwordOf(PROVISIONER) }
  return runIn(mesh, `provision ${args}`.trim(), { ...options, env: { ...password, ...env } })
}
const system = () => ({ NATS_PASSWORD_SYSTEM: nats.passwordOf('system') })

const asked = (answer: boolean) => ({ answer: () => Promise.resolve(answer) })

test('a plan shows all there is to do and does nothing; a person decides; then there is nothing to do', async () => {
  const plan = await run('--plan')
  expect(plan.code).toBe(2)
  expect(plan.lines).toContain('+ stream EVT_EARNINGS')
  expect(plan.lines).toContain('    max_bytes 256.0 MiB')
  expect(plan.lines).toContain('+ durable earnings_creditOnUptimeAccrued of EVT_NETWORK')
  expect(Object.keys(await streams.inventory())).toEqual([])

  expect(await run('')).toMatchObject({ code: 1, notes: expect.stringContaining('Say --yes') })
  expect(await run('', asked(false))).toMatchObject({ code: 1 })
  expect(Object.keys(await streams.inventory())).toEqual([])

  expect((await run('', asked(true))).code).toBe(0)
  const again = await run('--plan')
  expect(again.lines).toEqual([
    expect.stringMatching(/^Nothing to do: 10 streams and \d+ durables/),
  ])
  expect(again.code).toBe(0)
})

test('each setting that differs is shown as it is and as it will be', async () => {
  await streams.changeStream('EVT_EARNINGS', { bytesMax: -1, discard: 'old' })
  await streams.changeDurable('EVT_NETWORK', 'earnings_creditOnUptimeAccrued', { ackWaitMs: 5_000 })
  const env = { STREAM_BYTES_MAX: `${64 << 20}`, STREAM_BYTES_MAX_OF: `AUDIT=${32 << 20}` }
  const { lines, code } = await run('--yes', { env })
  expect(code).toBe(0)
  const shown = lines.join('\n')
  expect(shown).toContain(
    '~ stream EVT_EARNINGS\n    discard old → new\n    max_bytes -1 → 64.0 MiB\n',
  )
  expect(shown).toContain('~ stream AUDIT\n    max_bytes 256.0 MiB → 32.0 MiB\n')
  expect(shown).toContain(
    '~ durable earnings_creditOnUptimeAccrued of EVT_NETWORK\n    ack_wait 5s → 10s',
  )
  expect((await run('--plan', { env })).code).toBe(0)
  expect(
    (await run('--plan', { env: { STREAM_BYTES_MAX_OF: 'AUDITS=33554432' } })).notes,
  ).toContain('there is no stream AUDITS')
})

const fact = { summary: '', topic: 't', key: 'all', data: earnings.events.credited.data } as const
const oldService = (name: string) => ({
  service: name,
  contract: contract(name, {
    summary: '',
    version: '1.0.0',
    owner: 'nobody',
    procedures: {},
    channels: {},
    events: { done: event({ ...fact, name: `${name}.done`, keepDays: 30 }) },
  }),
  consumers: [],
})

test('what no contract has is left and named; it goes when it is retired, and somebody says so', async () => {
  const plans = [...services.map(planOf), oldService('old'), oldService('kept')]
  await provision(asProvisioner(), plans, { replicas: 1, bytesMax: 1 << 20 })
  await run('--yes')
  const left = await run('--plan')
  expect(left.code).toBe(0)
  expect(left.lines).toContain('? stream EVT_OLD is in no contract, and holds 0 messages: left')

  expect((await run('--prune', asked(false))).code).toBe(1)
  expect(Object.keys(await streams.inventory())).toContain('EVT_OLD')
  const pruned = await run('--prune', asked(true))
  expect(Object.keys(await streams.inventory())).toContain('EVT_KEPT')
  expect(pruned).toMatchObject({ code: 1, notes: expect.stringMatching(/nobody delete EVT_KEPT/) })
  expect((await run('--prune --yes')).notes).toMatch(/nobody delete EVT_KEPT/)
})

test('a server that does not sync every write is refused by its name', async () => {
  const careless = await startNats()
  const refused = await run('--yes', { on: careless, env: system() })
  expect(refused.code).toBe(1)
  expect(refused.notes).toMatch(/^\S+ does not sync every write \(sync_interval\)/)
  expect((await run('--plan', { on: careless })).notes).toContain('was not asked')
  await careless.stop()
})

test("a new service's user arrives on a server that runs, by its line in the users' file and a reload", async () => {
  const file = join(folder, 'permissions.conf')
  await writeFile(file, `NATS_PASSWORD_USER: "test_user"\n${withoutNetwork}`)
  const env = { ...system(), NATS_PASSWORD_NETWORK: 'pwnew' }
  const done = await run(`--users-file ${file} --yes`, { env })
  expect(done.lines.join('\n')).toMatch(/\+ user network \(\d+ rights\)/)
  expect((await stat(file)).mode & 0o077).toBe(0)
  expect((await run(`--users-file ${file} --plan`, { env })).code).toBe(0)

  await nats.rewrite(await readFile(file, 'utf8'))
  const login = {
    ...asProvisioner(),
    service: 'network',
    user: 'network',
    onFault: () => undefined,
  }
  await expect(connectBroker({ ...login, password: 'pwnew' })).rejects.toThrow()
  const before = await connectBroker({ ...asProvisioner(), onFault: () => undefined })
  const server = { ...before.server }
  expect((await run('--reload --yes', { env })).notes).toContain('have read their configuration')
  await (await connectBroker({ ...login, password: 'pwnew' })).close()
  expect(before.connected).toBe(true)
  expect(before.server).toEqual(server)
  await before.close()
})
