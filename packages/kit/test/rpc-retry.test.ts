// Goal: what is tried again, how often, and what never is.
// Method: a real broker; services that are away, stopped in their tracks, slow or failing, as a process and as handlers.
// Shows: N3, O3
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type Procedure, failure, network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  type CallOptions,
  type Metrics,
  type RpcClient,
  type RunningService,
  createMetrics,
  createRpcClient,
  withActiveCall,
} from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const CONNECTION = 'con_01m7ypdhrge8hafxde6dcny8p9'
const echo = { ...network.procedures.echo, timeoutMs: 200 }
const disconnect = { ...network.procedures.disconnect, idempotent: false, timeoutMs: 200 }
let mesh: TestMesh
let ann: TestUser
let metrics: Metrics
let rpc: RpcClient
let running: RunningService | undefined
let child: ChildProcess | undefined

beforeAll(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
})
afterAll(() => mesh.stop())
beforeEach(async () => {
  metrics = createMetrics('test')
  rpc = createRpcClient(await mesh.brokerOf('operator'), metrics)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await running?.stop()
  running = undefined
  if (child) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  child = undefined
})

const answering = async (answer: () => Promise<unknown>, env: Record<string, string> = {}) => {
  running = await mesh.start(fakeNetwork({ answers: { echo: answer, disconnect: answer } }), env)
}

const call = (procedure: Procedure, options: CallOptions = {}): Promise<unknown> => {
  const input = procedure.name === echo.name ? { data: 'x' } : { connection_id: CONNECTION }
  return rpc
    .call(procedure, input, { token: ann.token, deadline: Date.now() + 3_000, ...options })
    .catch((error: unknown) => error)
}

const retries = async (): Promise<number> => {
  const { values } = await metrics.registry.getSingleMetric('mesh_client_retries_total')!.get()
  return values.reduce((sum, { value }) => sum + value, 0)
}

test('a call nobody is there to answer fails at once where no repeat fits into its time', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.99)
  const deadline = Date.now() + 200
  expect(await call(echo, { deadline })).toMatchObject({ code: 'unavailable' })
  expect(Date.now()).toBeLessThan(deadline)
  expect(await retries()).toBe(0)
})

test('a call nobody is there to answer is tried three times, at any hop, whatever it does', async () => {
  const hop = { deadline: Date.now() + 5_000, signal: new AbortController().signal, isCalled: true }
  const refused = await withActiveCall(hop, () => call({ ...disconnect, timeoutMs: 4_000 }))
  expect(refused).toMatchObject({ code: 'unavailable' })
  expect(await retries()).toBe(2)
})

test('a service that comes while a call is tried again still answers it', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.99)
  const answer = call({ ...echo, timeoutMs: 4_000 })
  await answering(async () => ({ data: 'here' }))
  expect(await answer).toEqual({ data: 'here' })
})

test('while a service is stopped in its tracks a call ends at its deadline, and only what may be repeated is', async () => {
  child = fork(
    new URL('responder.ts', import.meta.url),
    [mesh.nats.url, mesh.nats.passwordOf('network')],
    {
      execArgv: ['--conditions=@meshboard/source'],
    },
  )
  await once(child, 'message')
  child.kill('SIGSTOP')
  const deadline = Date.now() + 1_000
  const [unrepeated, repeated] = await Promise.all([
    call(disconnect, { deadline }),
    call(echo, { deadline }),
  ])
  expect(unrepeated).toMatchObject({ code: 'deadline_exceeded' })
  expect(repeated).toMatchObject({ code: 'deadline_exceeded' })
  expect(Date.now()).toBeLessThan(deadline + 500)
  child.kill('SIGCONT')
  const { data } = (await call({ ...echo, timeoutMs: 3_000 })) as { data: string }
  const asked = data.split(' ')
  expect(asked.filter((name) => name === 'disconnect')).toHaveLength(1)
  expect(asked.filter((name) => name === 'echo').length).toBeGreaterThan(2)
})

test.each([
  ['an idempotent one', echo, {}, 2],
  ['one under an idempotency key', disconnect, { idempotencyKey: 'key-00000001' }, 2],
  ['any other', disconnect, {}, 1],
] as const)('a slow answer is asked for again: %s', async (_, procedure, options, expected) => {
  let runs = 0
  await answering(async () => {
    runs += 1
    if (runs === 1) await new Promise((resume) => setTimeout(resume, 700))
    return procedure === echo ? { data: 'x' } : {}
  })
  const outcome = await call(procedure, options)
  if (expected === 2) expect(outcome).not.toBeInstanceOf(Error)
  else expect(outcome).toMatchObject({ code: 'deadline_exceeded' })
  expect(runs).toBe(expected)
})

test('what a service refuses is repeated by the first hop alone, and not sooner than it says', async () => {
  const at: number[] = []
  await answering(async () => {
    at.push(Date.now())
    if (at.length === 1) throw failure('overloaded', { retryAfterMs: 150 })
    return { data: 'x' }
  })
  expect(await call(echo)).toEqual({ data: 'x' })
  expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(148)
  at.length = 0
  const hop = { deadline: Date.now() + 3_000, signal: new AbortController().signal, isCalled: true }
  const nested = await withActiveCall(hop, () => call(echo))
  expect(nested).toMatchObject({ code: 'overloaded' })
  expect(at).toHaveLength(1)
  at.length = 0
  const delivery = { ...hop, isCalled: false }
  expect(await withActiveCall(delivery, () => call(echo))).toEqual({ data: 'x' })
  expect(at).toHaveLength(2)
})

test('what may have run is repeated only where a second time does no harm', async () => {
  let runs = 0
  await answering(async () => {
    runs += 1
    throw failure('unavailable', { retryAfterMs: 1 })
  })
  const patient = { ...disconnect, timeoutMs: 3_000 }
  expect(await call(patient)).toMatchObject({ code: 'unavailable' })
  expect(runs).toBe(1)
  expect(await call(patient, { idempotencyKey: 'key-00000001' })).toMatchObject({
    code: 'unavailable',
  })
  expect(runs).toBe(4)
})

test('what was refused before it began is repeated whatever it does', async () => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>()
  await answering(() => hold.then(() => ({})), { CALLS_IN_FLIGHT_MAX: '1', CALLS_QUEUED_MAX: '0' })
  const patient = { ...disconnect, timeoutMs: 3_000 }
  const held = call(patient)
  const refused = call(patient)
  await expect.poll(retries).toBeGreaterThan(0)
  release()
  expect(await Promise.all([held, refused])).toEqual([{}, {}])
})

test('repeats add no more than a tenth to the load of a service that fails half of it', async () => {
  let attempts = 0
  await answering(async () => {
    attempts += 1
    if (attempts % 2 === 0) throw failure('overloaded', { retryAfterMs: 1 })
    return { data: 'x' }
  })
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const requests = process.env['MESH_TEST_FULL'] === '1' ? 20_000 : 600
  const caller = async () => {
    for (let i = 0; i < requests / 6; i += 1) await call({ ...echo, timeoutMs: 2_000 })
  }
  await Promise.all([1, 2, 3, 4, 5, 6].map(caller))
  expect(attempts).toBeGreaterThan(requests)
  expect(attempts).toBeLessThanOrEqual(requests * 1.1 + 10)
})

test('a target that does not answer is left alone for a second, then asked once', async () => {
  let attempts = 0
  let isWell = false
  await answering(async () => {
    attempts += 1
    if (!isWell) throw failure('unavailable')
    return { data: 'x' }
  })
  const hop = {
    deadline: Date.now() + 30_000,
    signal: new AbortController().signal,
    isCalled: true,
  }
  const nested = () => withActiveCall(hop, () => call(echo))
  for (let i = 0; i < 15; i += 1) await nested()
  const seen = attempts
  expect(seen).toBeLessThan(15)
  const refused = (await nested()) as { code: string; retryAfterMs: number }
  expect(refused.code).toBe('unavailable')
  expect(refused.retryAfterMs).toBeGreaterThan(0)
  expect(attempts).toBe(seen)
  expect(await metrics.registry.metrics()).toMatch(/mesh_client_breaker_state\{.*\} 2/)
  isWell = true
  await expect.poll(nested).toEqual({ data: 'x' })
  expect(attempts).toBe(seen + 1)
})
