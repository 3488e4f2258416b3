// Goal: what a caller sees of a call, whatever the handler does.
// Method: the real kit and broker; a service whose handlers the test decides.
import { Failure, HEADERS, network, rpcSubject } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Broker, encodeJson } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo, get, disconnect } = network.procedures
const CONNECTION = 'con_01m7ypdhrge8hafxde6dcny8p9'
let mesh: TestMesh
let ann: TestUser

beforeEach(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
})
afterEach(() => mesh.stop())

const answering = (answers: Parameters<typeof fakeNetwork>[0]['answers'], env = {}) =>
  mesh.start(fakeNetwork({ ...(answers && { answers }) }), env)

test('a call is answered with what the handler gives, for the caller its token proves', async () => {
  await answering({ echo: async ({ caller }) => ({ data: (caller as { userId: string }).userId }) })
  expect(await mesh.call(echo, { data: 'x' }, ann)).toEqual({ data: ann.userId })
})

test('a call without a token, with a forged one or with an ended one is refused', async () => {
  await answering({ echo: async () => ({ data: '' }) })
  expect((await mesh.callFails(echo, { data: 'x' })).code).toBe('unauthorized')
  const forged = { ...ann, token: `${ann.token.slice(0, -4)}AAAA` }
  expect((await mesh.callFails(echo, { data: 'x' }, forged)).code).toBe('unauthorized')
  const ended = await mesh.user({ seconds: -60 })
  expect((await mesh.callFails(echo, { data: 'x' }, ended)).code).toBe('session_expired')
  const guest = await mesh.user({ roles: ['guest'] })
  expect((await mesh.callFails(echo, { data: 'x' }, guest)).code).toBe('forbidden')
})

test('invalid input names each field, and never reaches the handler', async () => {
  await answering({})
  const refused = await mesh.callFails(get, { connection_id: 'con_*.>' }, ann)
  expect(refused.code).toBe('invalid')
  expect(Object.keys(refused.fields ?? {})).toEqual(['connection_id'])
})

test('a declared failure arrives with its code, status and advice', async () => {
  await answering({ get: async ({ fail }) => fail('not_found' as never) })
  const refused = await mesh.callFails(get, { connection_id: CONNECTION }, ann)
  expect(refused).toMatchObject({ code: 'not_found', status: 404, retry: 'never' })
  expect(refused.traceId).toMatch(/^[0-9a-f]{32}$/)
})

test('a bug in a handler becomes internal and leaks nothing', async () => {
  await answering({ get: () => Promise.reject(new Error('relation "secrets" does not exist')) })
  const refused = await mesh.callFails(get, { connection_id: CONNECTION }, ann)
  expect(refused.code).toBe('internal')
  expect(JSON.stringify(refused.toEnvelope('0'))).not.toContain('secrets')
})

test('an answer against the contract is a bug of the service', async () => {
  await answering({ echo: async () => ({ data: 42 }) })
  expect((await mesh.callFails(echo, { data: 'x' }, ann)).code).toBe('internal')
})

test('a failure that cannot be written and an answer that is too large are internal, at once', async () => {
  await answering({
    get: async ({ fail }) => fail('not_found' as never, { details: { amount: 1n } }),
    echo: async () => ({ data: 'x'.repeat(2 << 20) }),
  })
  expect((await mesh.callFails(get, { connection_id: CONNECTION }, ann)).code).toBe('internal')
  expect((await mesh.callFails(echo, { data: 'x' }, ann)).code).toBe('internal')
})

test('a handler that goes on after its deadline keeps its place among the calls in flight', async () => {
  let running = 0
  let most = 0
  await answering(
    {
      echo: async () => {
        most = Math.max(most, (running += 1))
        await new Promise((resume) => setTimeout(resume, 400))
        running -= 1
        return { data: 'late' }
      },
    },
    { CALLS_IN_FLIGHT_MAX: '2' },
  )
  const broker = await mesh.brokerOf('operator')
  for (let i = 0; i < 6; i += 1) await ask(broker, { deadline: Date.now() + 50 })
  expect(most).toBe(2)
  await expect.poll(() => running).toBe(0)
})

test('a call ends at its deadline, and the handler is told', async () => {
  let aborted = false
  await answering({
    echo: ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted = true
          resolve({ data: 'late' })
        })
      }),
  })
  const broker = await mesh.brokerOf('operator')
  const refused = await ask(broker, { deadline: Date.now() + 150 })
  expect(refused?.code).toBe('deadline_exceeded')
  await expect.poll(() => aborted).toBe(true)
})

test('a call that arrives after its deadline is dropped and counted', async () => {
  let called = 0
  const { runtime } = await answering({ echo: async () => ({ data: `${(called += 1)}` }) })
  const broker = await mesh.brokerOf('operator')
  await expect(ask(broker, { deadline: Date.now() - 1_000, wait: 200 })).rejects.toMatchObject({
    fault: 'timeout',
  })
  expect(called).toBe(0)
  expect(await runtime.metrics.registry.metrics()).toMatch(
    /mesh_server_calls_expired_total\{.*\} 1/,
  )
})

test('beyond the limit of calls in flight a call is refused at once', async () => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>()
  await answering(
    {
      echo: async () => {
        await hold
        return { data: 'x' }
      },
    },
    { CALLS_IN_FLIGHT_MAX: '2' },
  )
  const held = [mesh.call(echo, { data: '1' }, ann), mesh.call(echo, { data: '2' }, ann)]
  const refused = await mesh.callFails(echo, { data: '3' }, ann)
  expect(refused).toMatchObject({ code: 'overloaded', retry: 'later' })
  expect(refused.retryAfterMs).toBeGreaterThan(0)
  release()
  expect(await Promise.all(held)).toHaveLength(2)
})

test('a call to a service that is away fails unavailable within its deadline', async () => {
  const refused = await mesh.callFails(disconnect, { connection_id: CONNECTION }, ann)
  expect(refused.code).toBe('unavailable')
})

test('a service that comes while a call is retried still answers it', async () => {
  const call = mesh.call(echo, { data: 'x' }, ann)
  await answering({ echo: async () => ({ data: 'here' }) })
  expect(await call).toEqual({ data: 'here' })
})

test('a body that is no JSON is refused as such', async () => {
  await answering({})
  const refused = await ask(await mesh.brokerOf('operator'), { body: '{"data":' })
  expect(refused?.code).toBe('message_parse_error')
})

test('an unknown procedure gets an answer, not silence', async () => {
  await answering({})
  const refused = await ask(await mesh.brokerOf('operator'), { procedure: 'constructor' })
  expect(refused?.code).toBe('unsupported')
})

test('a stopping service finishes the calls it has', async () => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>()
  const running = await answering({
    echo: async () => {
      await hold
      return { data: 'finished' }
    },
  })
  const call = mesh.call(echo, { data: 'x' }, ann)
  await new Promise((resume) => setTimeout(resume, 100))
  const stopping = running.stop()
  release()
  expect(await call).toEqual({ data: 'finished' })
  await stopping
})

const ask = async (
  broker: Broker,
  options: { deadline?: number; wait?: number; body?: string; procedure?: string },
): Promise<Failure | undefined> => {
  const { deadline = Date.now() + 2_000, wait = 2_000 } = options
  const answer = await broker.request(
    rpcSubject('network', options.procedure ?? 'echo'),
    options.body === undefined ? encodeJson({ data: 'x' }) : new TextEncoder().encode(options.body),
    {
      headers: {
        [HEADERS.deadline]: String(deadline),
        [HEADERS.budget]: '60000',
        [HEADERS.token]: ann.token,
      },
      deadline: Date.now() + wait,
    },
  )
  const body: unknown = JSON.parse(new TextDecoder().decode(answer.data))
  return answer.headers[HEADERS.failure] === undefined
    ? undefined
    : Failure.fromEnvelope(body as never)
}
