// Goal: what nobody waits for any more ends, down to the statement that runs for it.
// Method: real calls over three services with real schemas, their statements looked at from beside.
// Shows: O4
import {
  HEADERS,
  type Procedure,
  earnings,
  network,
  referral,
  rpcSubject,
} from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import {
  type CallOptions,
  type Rights,
  type RpcClient,
  type Service,
  createMetrics,
  createRpcClient,
  encodeJson,
  permissionsConfig,
  withActiveCall,
} from '@meshboard/kit'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../src/index.ts'
import { fakeService } from './fake-service.ts'

const { echo } = network.procedures
/** Long before `pg_sleep` would end. */
const SOON_MS = 6_000
const SOON = { timeout: SOON_MS, interval: 10 }
/** Their own limits are not what ends them. */
const getCode = { ...referral.procedures.getCode, timeoutMs: 20_000 }
const getSummary = { ...earnings.procedures.getSummary, timeoutMs: 20_000 }
let mesh: TestMesh
let ann: TestUser
let rpc: RpcClient
let ended: string[]

beforeEach(async () => {
  mesh = await startTestMesh({ permissions: permissionsConfig(services.map(withNextHop)) })
  ann = await mesh.user()
  rpc = createRpcClient(await mesh.brokerOf('operator'), createMetrics('test'))
  ended = []
})
afterEach(() => mesh.stop())

const NEXT_HOPS: Readonly<Record<string, Procedure>> = { network: getCode, referral: getSummary }

const withNextHop = (service: Service): Rights => {
  const next = NEXT_HOPS[service.name]
  const uses = { ...service.uses, calls: [...service.uses.calls, ...(next ? [next] : [])] }
  return { ...service, service: service.name, uses }
}

/** network calls referral calls earnings, whose handler asks its database something slow. */
const startThreeHops = async (slow: (database: Database) => Promise<unknown>): Promise<void> => {
  let isWarm = false
  const noting = (hop: string) => (error: unknown) => {
    ended.push(`${hop} ${(error as { code?: string }).code}`)
    throw error
  }
  await mesh.start(
    fakeService(network, {
      echo: ({ call }) => call(getCode, {}).catch(noting('network')),
    }),
  )
  await mesh.start(
    fakeService(referral, {
      getCode: ({ call }) => call(getSummary, {}).catch(noting('referral')),
    }),
  )
  await mesh.start(
    fakeService(earnings, {
      getSummary: (_, database) =>
        (isWarm ? slow(database) : database.query.raw('select 1')).catch(noting('earnings')),
    }),
  )
  // So that keys are known and connections open: what is measured is not the first call.
  await asAnn({ deadline: Date.now() + 5_000 }).catch(() => undefined)
  isWarm = true
  ended = []
}

const sleeping = async (): Promise<number> => {
  const { rows } = await mesh.admin.raw<{ rows: { n: number }[] }>(
    `select count(*)::int as n from pg_stat_activity
     where query like '%pg_sleep(%' and state = 'active' and pid <> pg_backend_pid()`,
  )
  return rows[0]?.n ?? 0
}

const asAnn = (options: CallOptions) =>
  rpc.call(echo, { data: 'x' }, { token: ann.token, ...options })

test.each([
  ['a query', (database: Database) => database.query.raw('select pg_sleep(8)')],
  ['a transaction', (database: Database) => database.transaction(sleepTwice)],
])('at the deadline of the first hop %s of the third is cancelled', async (_, slow) => {
  await startThreeHops(slow)
  const startedAt = Date.now()
  const refused = asAnn({ deadline: startedAt + 300 }).catch((error: unknown) => error)
  await expect.poll(sleeping, SOON).toBe(1)
  expect(await refused).toMatchObject({ code: 'deadline_exceeded' })
  expect(Date.now() - startedAt).toBeLessThan(SOON_MS)
  await expect.poll(sleeping, SOON).toBe(0)
  await expect.poll(() => ended.length, SOON).toBe(3)
  expect(ended).toContain('network deadline_exceeded')
  expect(ended).toContain('referral deadline_exceeded')
})

const sleepTwice = async (tx: Parameters<Parameters<Database['transaction']>[0]>[0]) => {
  await tx.raw('select pg_sleep(8)').catch(() => undefined)
  await tx.raw('select pg_sleep(8)')
}

test('who hangs up early ends the statement of the third hop long before the deadline', async () => {
  await startThreeHops((database) => database.query.raw('select pg_sleep(8)'))
  const abort = new AbortController()
  const refused = asAnn({ deadline: Date.now() + 60_000, signal: abort.signal }).catch(
    (error: unknown) => error,
  )
  await expect.poll(sleeping, SOON).toBe(1)
  const hungUpAt = Date.now()
  abort.abort()
  expect(await refused).toMatchObject({ code: 'deadline_exceeded' })
  // On a slow machine there may have been an attempt before this one.
  await expect.poll(() => ended.length, SOON).toBeGreaterThanOrEqual(3)
  await expect.poll(sleeping, SOON).toBe(0)
  expect(Date.now() - hungUpAt).toBeLessThan(SOON_MS)
})

test('a cancel never ends a later statement of the same connection', async () => {
  const running = await mesh.start(fakeService(network, {}), { DATABASE_CONNECTIONS_MAX: '2' })
  const { database } = running.deps as { database: Database }
  const rounds = process.env['MESH_TEST_FULL'] === '1' ? 2_000 : 150
  let cancelled = 0
  for (let round = 0; round < rounds; round += 1) {
    const abort = new AbortController()
    const call = { deadline: Date.now() + 10_000, signal: abort.signal }
    const doomed = withActiveCall(call, () =>
      database.query.raw('select pg_sleep(0.002)').then(
        () => undefined,
        () => void (cancelled += 1),
      ),
    )
    setTimeout(() => abort.abort(), Math.random() * 5)
    await doomed
    await database.query.raw('select pg_sleep(0.001)')
  }
  expect(cancelled).toBeGreaterThan(0)
  expect(cancelled).toBeLessThan(rounds)
})

test('a call whose time was spent upstream does no work', async () => {
  let runs = 0
  await mesh.start(
    fakeService(network, {
      echo: async (_, database) => {
        runs += 1
        await database.query.raw('select 1 as too_late')
        return { data: '' }
      },
    }),
  )
  const broker = await mesh.brokerOf('operator')
  const late = { [HEADERS.deadline]: String(Date.now() - 1), [HEADERS.token]: ann.token }
  const request = () =>
    broker.request(rpcSubject('network', 'echo'), encodeJson({ data: 'x' }), {
      headers: late,
      deadline: Date.now() + 300,
    })
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, request))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(runs).toBe(0)
})

test('a statement under a call that is over is not begun', async () => {
  const running = await mesh.start(fakeService(network, {}))
  const { database } = running.deps as { database: Database }
  const over = { deadline: Date.now() - 1, signal: AbortSignal.abort() }
  const insert = async () =>
    void (await database.query('channel_numbers').insert({ topic: 'a', key: 'b', n: 1 }))
  await expect(withActiveCall(over, insert)).rejects.toMatchObject({ code: 'deadline_exceeded' })
  expect(await database.query('channel_numbers')).toEqual([])
})
