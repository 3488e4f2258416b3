// Goal: a call ends when nobody waits for it any more, at every hop.
// Method: the real kit and broker; handlers that go on for as long as a test wants.
import { network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMetrics, createRpcClient, withActiveCall } from '../src/index.ts'
import { ask } from './asking.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo, list } = network.procedures
let mesh: TestMesh
let ann: TestUser

beforeEach(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
})
afterEach(() => mesh.stop())

const answering = (answers: Parameters<typeof fakeNetwork>[0]['answers'], env = {}) =>
  mesh.start(fakeNetwork({ ...(answers && { answers }) }), env)

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
  const refused = await ask(broker, echo, { ...ann, deadline: Date.now() + 150 })
  expect(refused?.code).toBe('deadline_exceeded')
  await expect.poll(() => aborted).toBe(true)
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
  for (let i = 0; i < 6; i += 1) await ask(broker, echo, { ...ann, deadline: Date.now() + 50 })
  expect(most).toBe(2)
  await expect.poll(() => running).toBe(0)
})

test('a call that arrives after its deadline is dropped and counted', async () => {
  let called = 0
  const { runtime } = await answering({ echo: async () => ({ data: `${(called += 1)}` }) })
  const broker = await mesh.brokerOf('operator')
  await expect(
    ask(broker, echo, { ...ann, deadline: Date.now() - 1_000, waitMs: 200 }),
  ).rejects.toMatchObject({
    fault: 'timeout',
  })
  expect(called).toBe(0)
  expect(await runtime.metrics.registry.metrics()).toMatch(
    /mesh_server_calls_expired_total\{.*\} 1/,
  )
})

/** An answer that comes when the call has ended; says so in `ended`. */
const untilEnded = (ended: string[]) => (context: { signal: AbortSignal }) =>
  new Promise<unknown>((resolve) => {
    context.signal.addEventListener('abort', () => {
      ended.push((context.signal.reason as { code: string }).code)
      resolve({ data: 'late' })
    })
  })

test.each(['operator', 'gateway', 'edge'])(
  'a caller that hangs up ends the handler at once: %s',
  async (who) => {
    const ended: string[] = []
    let begun = 0
    const { runtime } = await answering({
      list: (context) => {
        begun += 1
        return untilEnded(ended)(context)
      },
    })
    const rpc = createRpcClient(await mesh.brokerOf(who), createMetrics('test'))
    const abort = new AbortController()
    const options = { token: ann.token, deadline: Date.now() + 60_000, signal: abort.signal }
    const refused = rpc.call(list, {}, options).catch((error: unknown) => error)
    await expect.poll(() => begun).toBe(1)
    abort.abort()
    expect(await refused).toMatchObject({ code: 'deadline_exceeded' })
    await expect.poll(() => ended).toEqual(['deadline_exceeded'])
    expect(await runtime.metrics.registry.metrics()).toMatch(
      /mesh_server_calls_cancelled_total\{.*\} 1/,
    )
  },
)

test('a call made for a call has less time than it, and ends with it', async () => {
  await answering({ echo: async ({ deadline }) => ({ data: String(deadline) }) })
  const rpc = createRpcClient(await mesh.brokerOf('operator'), createMetrics('test'))
  const call = { deadline: Date.now() + 1_500, signal: new AbortController().signal }
  const later = { token: ann.token, deadline: Date.now() + 60_000 }
  const { data } = await withActiveCall(call, () => rpc.call(echo, { data: 'x' }, later))
  expect(Number(data)).toBeLessThan(call.deadline)
  const over = { ...call, signal: AbortSignal.abort() }
  await expect(
    withActiveCall(over, () => rpc.call(echo, { data: 'x' }, later)),
  ).rejects.toMatchObject({ code: 'deadline_exceeded' })
})
