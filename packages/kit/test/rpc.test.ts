// Goal: what a caller sees of a call, whatever the handler does.
// Method: the real kit and broker; a service whose handlers the test decides.
// Shows: N3 (part)
import { network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask } from './asking.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo, get } = network.procedures
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

test('a body that is no JSON is refused as such', async () => {
  await answering({})
  const refused = await ask(await mesh.brokerOf('operator'), echo, { ...ann, body: '{"data":' })
  expect(refused?.code).toBe('message_parse_error')
})

test('an unknown procedure gets an answer, not silence', async () => {
  await answering({})
  const refused = await ask(await mesh.brokerOf('operator'), echo, { procedure: 'constructor' })
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

/** What no linter would let pass. */
const rejecting = (reason: unknown): Promise<never> => {
  const { promise, reject } = Promise.withResolvers<never>()
  reject(reason)
  return promise
}

test.each([
  [
    'throws at once',
    () => {
      throw new Error('at once')
    },
    'internal',
  ],
  ['rejects with null', () => rejecting(null), 'internal'],
  ['rejects with nothing', () => rejecting(undefined), 'internal'],
  ['gives nothing', async () => undefined, 'internal'],
  ['gives no promise', () => 'text' as never, 'internal'],
])('a handler that %s gives one reply', async (_, answer, code) => {
  await answering({ echo: answer })
  const broker = await mesh.brokerOf('operator')
  expect((await ask(broker, echo, ann))?.code).toBe(code)
})
