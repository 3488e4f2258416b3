// Goal: each thing that could lose acknowledged events, or stop the mesh, is found and told with what
// to do about it; a mesh that has none of them is told so.
// Method: the real program on a real broker, Postgres and Redis, with one fault sown at a time.
import { brokerPermissions } from '@meshboard/deploy'
import { PROVISIONER } from '@meshboard/kit'
import {
  StreamReader,
  type TestMesh,
  hasRedisProgram,
  startNats,
  startRedis,
  startTestMeshOn,
} from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finding } from '../src/doctor/finding.ts'
import { runIn } from './cli.ts'

let mesh: TestMesh
let streams: StreamReader

beforeAll(async () => {
  mesh = await startTestMeshOn(await startNats(brokerPermissions(), { syncs: true }), {
    dedupeMs: 600_000,
  })
  streams = await StreamReader.open(mesh.nats)
})
afterAll(async () => {
  await streams.close()
  await mesh.stop()
})

/** Of the streams that a test mesh makes. */
const BYTES_MAX = `${64 << 20}`

const doctor = async (env: Record<string, string> = {}) => {
  const { nats } = mesh
  const { code, json } = await runIn(mesh, 'doctor --json', {
    env: {
      NATS_PASSWORD: nats.passwordOf(PROVISIONER),
      NATS_PASSWORD_SYSTEM: nats.passwordOf('system'),
      STREAM_BYTES_MAX: BYTES_MAX,
      ...env,
    },
  })
  return { code, findings: json() as unknown as Finding[] }
}

/** What is wrong, but for what is so with every database of the tests. */
const wrong = async (env?: Record<string, string>): Promise<string[]> => {
  const { findings } = await doctor(env)
  return findings
    .filter(
      ({ state, check, mend }) => state !== 'ok' && mend && !/^(postgres|archive)$/.test(check),
    )
    .map(({ state, check, text }) => `${state} ${check}: ${text}`)
    .filter((line) => !line.startsWith('warning redis: not looked at'))
}

test('a mesh as it should be is told to be so, part by part', async () => {
  expect(await wrong()).toEqual([])
  const { findings } = await doctor()
  const good = findings
    .filter(({ state }) => state === 'ok')
    .map(({ check }) => check.split(' ')[0])
  expect(new Set(good)).toEqual(
    new Set([
      ...['broker', 'writes', 'disk', 'clock', 'contracts', 'streams', 'rights', 'postgres'],
      'schemas',
    ]),
  )
})

test('a database that may lose what it committed is bad, and the command says so by its exit code', async () => {
  const { code, findings } = await doctor()
  const fsync = findings.find(({ text }) => text.startsWith('fsync is off'))
  expect(fsync).toMatchObject({ state: 'bad', check: 'postgres', mend: expect.any(String) })
  expect(code).toBe(1)
})

test('a stream and a durable that are other than the contracts want are bad', async () => {
  await streams.changeStream('EVT_AUTH', { bytesMax: -1, discard: 'old' })
  const durable = ['EVT_NETWORK', 'earnings_creditOnUptimeAccrued'] as const
  await streams.changeDurable(...durable, { ackWaitMs: 1_000 })
  const found = await wrong()
  await streams.changeStream('EVT_AUTH', { bytesMax: 64 << 20, discard: 'new' })
  await streams.changeDurable(...durable, { ackWaitMs: 10_000 })
  expect(found).toContain('bad stream EVT_AUTH: differs from the contracts: discard, max_bytes')
  expect(found).toContain(
    'bad durable earnings_creditOnUptimeAccrued of EVT_NETWORK: differs from the contracts: ack_wait',
  )
  expect(found.some((line) => line.includes('EVT_AUTH has no max_bytes'))).toBe(true)
  expect(found.some((line) => line.includes('EVT_AUTH drops the oldest'))).toBe(true)
})

test('a schema that lacks a step, and a role that owns a table, are bad', async () => {
  const last = await mesh.admin('earnings.migrations').orderBy('id', 'desc').first()
  await mesh.admin('earnings.migrations').where({ id: last.id }).delete()
  await mesh.admin.raw('alter table referral.inbox owner to referral_app')
  const found = await wrong()
  await mesh.admin.raw('alter table referral.inbox owner to referral_owner')
  await mesh.admin('earnings.migrations').insert(last)
  expect(found).toEqual([
    `bad schema earnings: lacks ${last.name}`,
    'bad role of referral: referral_app owns tables of referral',
  ])
})

test('a broker without the generated permissions is bad', async () => {
  const open = await startNats('')
  const found = await wrong({ NATS_URL: open.url, NATS_PASSWORD_SYSTEM: '' })
  await open.stop()
  expect(found).toContain(
    'bad rights of operator: may publish what nobody may: the broker does not have the generated permissions',
  )
  expect(found).toContain('warning broker: not looked at: NATS_PASSWORD_SYSTEM is not set')
  expect(found).toContain('bad stream EVT_EARNINGS: is missing')
})

test('a server that does not sync every write is bad', async () => {
  const careless = await startNats()
  const found = await wrong({ NATS_URL: careless.url })
  await careless.stop()
  expect(
    found.some((line) => /^bad writes of \S+: on disk up to two minutes after/.test(line)),
  ).toBe(true)
})

test.skipIf(!hasRedisProgram())(
  'a Redis that drops counts is told, one that does not is ok',
  async () => {
    const redis = await startRedis(['maxmemory 10mb', 'maxmemory-policy allkeys-lru'])
    expect(await wrong({ REDIS_URL: redis.url })).toEqual([
      expect.stringMatching(/^warning redis: \S+ drops counts .*allkeys-lru/),
    ])
    await redis.stop()
    expect(await wrong({ REDIS_URL: redis.url })).toEqual([expect.stringMatching(/^bad redis: /)])
  },
)

test('servers that are away are bad, each with what to do, and keep nobody from the rest', async () => {
  const nowhere = 'nats://127.0.0.1:1'
  const { code, findings } = await doctor({ NATS_URL: nowhere })
  expect(code).toBe(1)
  const broker = findings.filter(({ text }) => text.includes('127.0.0.1:1'))
  expect(broker.map(({ check, state }) => `${check} ${state}`)).toEqual(
    expect.arrayContaining(['broker bad', 'streams bad']),
  )
  expect(findings.some(({ check }) => check === 'schemas')).toBe(true)
})
