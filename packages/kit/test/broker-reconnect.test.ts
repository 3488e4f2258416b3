// Goal: a connection to the broker that breaks costs time and no call.
// Method: a real broker, killed and started again under calls in flight and calls made meanwhile.
// Shows: N4 (part)
import { type Procedure, inboxPrefix, network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Broker,
  BrokerError,
  type RpcClient,
  type RunningService,
  createMetrics,
  createRpcClient,
} from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const AWAY_MS = 300
const MANY = 60
const INPUT = { connection_id: 'con_01m7ypdhrge8hafxde6dcny8p9' }
const echo = { ...network.procedures.echo, timeoutMs: 20_000 }
const disconnect = { ...network.procedures.disconnect, idempotent: false, timeoutMs: 20_000 }
let mesh: TestMesh
let ann: TestUser
let broker: Broker
let rpc: RpcClient
let running: RunningService | undefined

beforeAll(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
})
afterAll(() => mesh.stop())
beforeEach(async () => {
  broker = await mesh.brokerOf('operator')
  rpc = createRpcClient(broker, createMetrics('test'))
})
afterEach(async () => {
  await running?.stop()
  running = undefined
})

const call = (procedure: Procedure): Promise<unknown> => {
  const input = procedure.name === echo.name ? { data: 'x' } : INPUT
  return rpc.call(procedure, input, { token: ann.token }).catch((error: unknown) => error)
}

const many = (procedure: Procedure): Promise<unknown>[] =>
  Array.from({ length: MANY }, () => call(procedure))

/** Takes the broker away, and gives it back a moment later; both ends have noticed in between. */
const away = async (meanwhile: () => void) => {
  await mesh.nats.kill()
  const brokers = [broker, running?.runtime.broker]
  await expect.poll(() => brokers.map((end) => end?.connected)).toEqual([false, false])
  meanwhile()
  await sleep(AWAY_MS)
  await mesh.nats.restart()
}

test('calls in flight when the connection breaks, and calls made before it is back, are answered', async () => {
  let ran = 0
  const answer = async () => {
    ran += 1
    await sleep(100)
    return { data: 'x' }
  }
  running = await mesh.start(fakeNetwork({ answers: { echo: answer } }))
  const calls = many(echo)
  await expect.poll(() => ran).toBe(MANY)
  await away(() => calls.push(...many(echo)))
  const wrong = (await Promise.all(calls)).filter((answer) => answer instanceof Error)
  expect(wrong).toEqual([])
})

test('an answer that is ready while the broker is away arrives when it is back, and the call runs once', async () => {
  let ran = 0
  const { promise: held, resolve: release } = Promise.withResolvers<object>()
  const answer = () => {
    ran += 1
    return held
  }
  running = await mesh.start(fakeNetwork({ answers: { disconnect: answer } }))
  const calls = many(disconnect)
  await expect.poll(() => ran).toBe(MANY)
  await away(() => release({}))
  expect(await Promise.all(calls)).toEqual(calls.map(() => ({})))
  expect(ran).toBe(MANY)
})

test('a call ends `unavailable` when the broker does not come back in time, and is given up when told so', async () => {
  running = await mesh.start(fakeNetwork({ answers: { echo: async () => ({ data: 'x' }) } }))
  await mesh.nats.kill()
  await expect.poll(() => broker.connected).toBe(false)
  const given = { token: ann.token, signal: AbortSignal.timeout(50) }
  const givenUp = rpc.call(echo, { data: 'x' }, given)
  const late = rpc.call({ ...echo, timeoutMs: 400 }, { data: 'x' }, { token: ann.token })
  await expect(givenUp).rejects.toMatchObject({ code: 'deadline_exceeded' })
  await expect(late).rejects.toMatchObject({ code: 'unavailable' })
  await mesh.nats.restart()
  expect(await call(echo)).toEqual({ data: 'x' })
})

test('four MiB of answers wait for a broker that is away; one more is refused', async () => {
  const answering = await mesh.brokerOf('network')
  const inbox = `${inboxPrefix('operator')}.waiting`
  const arrived: number[] = []
  const listening = await broker.subscribe(inbox, ({ data }) => arrived.push(data.length))
  const answer = new Uint8Array(1_000_000)
  await mesh.nats.kill()
  await expect.poll(() => answering.connected).toBe(false)
  for (let n = 0; n < 4; n += 1) answering.publish(inbox, answer)
  expect(() => answering.publish(inbox, answer)).toThrow(BrokerError)
  await mesh.nats.restart()
  await expect.poll(() => arrived).toHaveLength(4)
  await listening.stop()
})
