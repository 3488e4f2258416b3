// Goal: what is recorded arrives somewhere else, and what is not costs nothing and goes nowhere.
// Method: a receiver of OTLP, a real broker and a real Redis; each test has the process's tracer anew.
import { HEADERS, earnings, network, rpcSubject } from '@meshboard/contracts'
import {
  type OtlpReceiver,
  type TestMesh,
  startOtlpReceiver,
  startTestMesh,
} from '@meshboard/testkit'
import { context, propagation, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeJson, newId, openRedis, processEnvironment } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo } = network.procedures
const TRACE = 'a9b4c730da90846dc0c3f967fb1205c2'
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

/** One call, in the trace that `traceparent` names, of a service that then stops. */
const callOnce = async (env: Record<string, string>, traceparent?: string) => {
  const running = await mesh.start(
    fakeNetwork({
      answers: {
        echo: async ({ log }) => {
          const redis = await openRedis(processEnvironment()['MESH_TEST_REDIS_URL'] ?? '', {
            onFault: log.warn,
          })
          await redis.client.get('a-key-nobody-may-see')
          await redis.client.call('incr', ['telemetry', 'x']).catch(() => undefined)
          await redis.close()
          return { data: 'x' }
        },
      },
    }),
    env,
  )
  const { token } = await mesh.user()
  const broker = await mesh.brokerOf('operator')
  await broker.request(rpcSubject('network', 'echo'), encodeJson({ data: 'x' }), {
    headers: { [HEADERS.token]: token, ...(traceparent && { [HEADERS.traceparent]: traceparent }) },
    deadline: Date.now() + echo.timeoutMs,
  })
  await running.stop()
}

test('a service that stops has sent what it recorded', async () => {
  await callOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  expect(receiver.spans).toContainEqual(
    expect.objectContaining({ service: 'network', name: 'network.echo', kind: 'server' }),
  )
})

test('a call that comes in recorded is recorded, one that comes in unrecorded is not', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: '0' }
  await callOnce(env, `00-${TRACE}-b1037f0582c57001-01`)
  expect(receiver.tree(TRACE).map(({ name }) => name)).toEqual(['network.echo'])
})

test('of new traces only the wanted share is recorded, and of the others the command that fails', async () => {
  await callOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: '0' })
  expect(receiver.spans.map(({ name }) => name)).toContain('INCR')
  expect(receiver.spans.filter(({ failed }) => !failed)).toEqual([])
})

test('a command to Redis is a span of its own, without what it was sent with', async () => {
  await callOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  const call = receiver.spans.find(({ name }) => name === 'network.echo')
  const commands = receiver.spans.filter(({ parentId }) => parentId === call?.spanId)
  expect(commands.map(({ name, failed }) => [name, failed])).toEqual(
    expect.arrayContaining([
      ['GET', false],
      ['INCR', true],
    ]),
  )
  expect(JSON.stringify(commands)).not.toContain('a-key-nobody-may-see')
})

test('without an endpoint nothing is sent, and calls have a trace all the same', async () => {
  await callOnce({})
  expect(receiver.spans).toEqual([])
})

test('a receiver that is away does not hold up the end of a service', async () => {
  const { url } = receiver
  await receiver.stop()
  const since = Date.now()
  await callOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: url })
  expect(Date.now() - since).toBeLessThan(8_000)
})

test('a call and its answer say what they are by the conventions, a failed one also how it failed', async () => {
  const answers = {
    get: ({ fail }: { fail: (code: never) => never }) => fail('not_found' as never),
  }
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
  const running = await mesh.start(fakeNetwork({ answers: answers as never }), env)
  const connection_id = 'con_01m7ypdhrge8hafxde6dcny8p9'
  await mesh.callFails(network.procedures.get, { connection_id }, await mesh.user())
  await running.stop()
  const { server } = await mesh.brokerOf('operator')
  const common = { 'rpc.system.name': 'nats', 'rpc.method': 'network.get' }
  const ended = { 'rpc.response.status_code': 'not_found', 'error.type': 'not_found' }
  const spans = receiver.spans.filter(({ name }) => name === 'network.get')
  expect(spans.map(({ failed }) => failed)).toEqual([true, true])
  const [client] = spans.filter(({ kind }) => kind === 'client')
  const [answer] = spans.filter(({ kind }) => kind === 'server')
  expect(client?.attributes).toMatchObject({ ...common, ...ended, 'server.address': server.host })
  expect(Number(client?.attributes['server.port'])).toBe(server.port)
  expect(answer?.attributes).toEqual({ ...common, ...ended })
})

test('a delivery says what it is by the conventions, and is settled; no span has a user in it', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
  const running = await mesh.start(fakeNetwork({ handle: async () => {} }), env)
  const data = {
    entry_id: newId('entry'),
    user_id: newId('user'),
    amount: '1.000000',
    source: 'network' as const,
    balance: '1.000000',
    timestamp: new Date().toISOString(),
  }
  const id = await mesh.deliver(earnings.events.credited, data)
  await running.stop()
  const common = {
    'messaging.system': 'nats',
    'messaging.destination.name': 'evt.earnings.ledger.*',
    'messaging.destination.template': 'evt.earnings.ledger.*',
    'messaging.consumer.group.name': 'network_addPointsOnCredited',
    'messaging.message.id': id,
    'mesh.event': 'earnings.credited',
  }
  const of = (name: string) => receiver.spans.find((span) => span.name === name)
  expect(of('process addPointsOnCredited')?.attributes).toMatchObject({
    ...common,
    'messaging.operation.type': 'process',
  })
  expect(of('ack addPointsOnCredited')).toMatchObject({
    kind: 'client',
    attributes: { ...common, 'messaging.operation.type': 'settle' },
  })
  expect(JSON.stringify(receiver.spans)).not.toContain(data.user_id)
})
