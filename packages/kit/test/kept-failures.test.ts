// Goal: whatever fails is found by its trace id, also where no trace is recorded.
// Method: services that record no new trace, a real broker, and a receiver of OTLP.
import { Failure, earnings, failure, network } from '@meshboard/contracts'
import {
  type OtlpReceiver,
  type TestMesh,
  pathsOf,
  startOtlpReceiver,
  startTestMesh,
} from '@meshboard/testkit'
import { context, propagation, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Service, newId } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo, get } = network.procedures
let receiver: OtlpReceiver
let mesh: TestMesh

beforeEach(async () => {
  receiver = await startOtlpReceiver()
  mesh = await startTestMesh()
})
afterEach(async () => {
  await mesh.stop()
  await receiver.stop()
  for (const api of [trace, context, propagation]) api.disable()
})

/** A service that records nothing of itself, and what its `/metrics` counts of failures not kept. */
const startUnrecorded = async (service: Service, env: Record<string, string> = {}) => {
  const { runtime, stop } = await mesh.start(service, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_TRACES_SAMPLER_ARG: '0',
    ...env,
  })
  const notKept = async () => {
    const text = await (await fetch(`${runtime.ops.url}/metrics`)).text()
    return Number(/^mesh_trace_failures_dropped_total\{.*\} (\d+)$/m.exec(text)?.[1])
  }
  return { stop, notKept }
}

/** What has come, without what every service here asks in vain: there is no auth. */
const kept = () => receiver.spans.filter(({ name }) => !name.startsWith('auth.'))

const unknown = { connection_id: 'con_01m7ypdhrge8hafxde6dcny8p9' }
const refusing = fakeNetwork({
  answers: { get: () => Promise.reject(failure('not_found')), echo: async () => ({ data: 'x' }) },
})

test('each hop of a call that fails is kept, in the trace that its caller is told, and none of one that does not', async () => {
  const { stop } = await startUnrecorded(refusing)
  const user = await mesh.user()
  await mesh.call(echo, { data: 'x' }, user)
  const refused = await mesh.callFails(get, unknown, user)
  await stop()
  const paths = pathsOf(receiver.tree(refused.traceId ?? ''))
  expect(paths).toEqual(['network network.get', 'network network.get > network network.get'])
  expect(
    kept()
      .map(({ kind }) => kind)
      .toSorted(),
  ).toEqual(['client', 'server'])
  expect(kept().every(({ failed }) => failed)).toBe(true)
  const [answer] = kept().filter(({ kind }) => kind === 'server')
  expect(answer?.attributes).toEqual({
    'rpc.system.name': 'nats',
    'rpc.method': 'network.get',
    'rpc.response.status_code': 'not_found',
    'error.type': 'not_found',
  })
})

test('a delivery that fails is kept, each attempt for itself, and its last one not', async () => {
  let attempts = 0
  const handle = async () => {
    attempts += 1
    if (attempts < 3) throw failure('unavailable')
  }
  const { stop } = await startUnrecorded(fakeNetwork({ handle }))
  await mesh.deliver(earnings.events.credited, {
    entry_id: newId('entry'),
    user_id: newId('user'),
    amount: '1.000000',
    source: 'network' as const,
    balance: '1.000000',
    timestamp: new Date().toISOString(),
  })
  await stop()
  const failed = ['process addPointsOnCredited', true]
  expect(kept().map((span) => [span.name, span.failed])).toEqual([failed, failed])
})

test('a storm of failures is kept up to so many in a second, and the rest is counted', async () => {
  const perSecond = { TRACE_FAILURES_PER_SECOND_MAX: '3' }
  const { stop, notKept } = await startUnrecorded(refusing, perSecond)
  const user = await mesh.user()
  const before = await notKept()
  const ends = Array.from({ length: 50 }, () => mesh.callFails(get, unknown, user))
  expect((await Promise.all(ends)).every((refused) => refused instanceof Failure)).toBe(true)
  const dropped = (await notKept()) - before
  await stop()
  expect(dropped).toBeGreaterThan(0)
  const calls = kept().length
  expect(calls).toBeGreaterThanOrEqual(1)
  expect(calls + dropped).toBeGreaterThanOrEqual(100)
})
