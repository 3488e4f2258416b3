// Goal: what operators and their tools are told at the side door.
// Method: the real kit and broker; the ops server asked over HTTP as a scraper or a probe would.
import { HEADERS, network, rpcSubject } from '@meshboard/contracts'
import {
  type OtlpReceiver,
  type TestMesh,
  startOtlpReceiver,
  startTestMesh,
} from '@meshboard/testkit'
import { context, propagation, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningService, encodeJson } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const TRACE = 'a9b4c730da90846dc0c3f967fb1205c2'
const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5'
let mesh: TestMesh
let receiver: OtlpReceiver

beforeEach(async () => {
  receiver = await startOtlpReceiver()
  mesh = await startTestMesh()
})
afterEach(async () => {
  await mesh.stop()
  await receiver.stop()
  for (const api of [trace, context, propagation]) api.disable()
})

const start = (): Promise<RunningService> =>
  mesh.start(fakeNetwork({ answers: { echo: async () => ({ data: 'x' }) } }), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  })

const callInTrace = async (sampled: boolean): Promise<void> => {
  const { token } = await mesh.user()
  const traceparent = `00-${TRACE}-b1037f0582c57001-0${Number(sampled)}`
  const broker = await mesh.brokerOf('operator')
  await broker.request(rpcSubject('network', 'echo'), encodeJson({ data: 'x' }), {
    headers: { [HEADERS.token]: token, [HEADERS.traceparent]: traceparent },
    deadline: Date.now() + network.procedures.echo.timeoutMs,
  })
}

const scrape = async ({ runtime }: RunningService, accept = '') => {
  const response = await fetch(`${runtime.ops.url}/metrics`, { headers: { accept } })
  return { type: response.headers.get('content-type'), text: await response.text() }
}

test('who accepts OpenMetrics gets exemplars of recorded traces, who does not gets the older text', async () => {
  const running = await start()
  await callInTrace(true)
  const { type, text } = await scrape(running, OPEN_METRICS)
  expect(type).toMatch(/^application\/openmetrics-text/)
  expect(text).toMatch(
    new RegExp(
      `^mesh_server_call_duration_seconds_bucket.*"network\\.echo".* # {trace_id="${TRACE}"}`,
      'm',
    ),
  )
  expect(text.endsWith('# EOF\n')).toBe(true)
  const older = await scrape(running)
  expect(older.type).toMatch(/^text\/plain/)
  expect(older.text).not.toContain(TRACE)
})

test('a trace that is not recorded is no exemplar', async () => {
  const running = await start()
  await callInTrace(false)
  const { text } = await scrape(running, OPEN_METRICS)
  expect(text).toContain('"network.echo"')
  expect(text).not.toContain(TRACE)
})

test('both texts have the same series under the same names, however often each is asked', async () => {
  const running = await start()
  // But for those of collections, of what is open and of calls it makes, which are there from the first on.
  const named = /^(?!nodejs_gc_|nodejs_active_|mesh_client_call_)([a-z0-9_]+)(?={| )/
  const namesIn = (text: string) => text.split('\n').flatMap((line) => named.exec(line)?.[1] ?? [])
  const once = namesIn((await scrape(running)).text)
  const open = namesIn((await scrape(running, OPEN_METRICS)).text)
  await Promise.all([scrape(running, OPEN_METRICS), scrape(running), scrape(running, OPEN_METRICS)])
  expect(new Set(open)).toEqual(new Set(once))
  expect(new Set(namesIn((await scrape(running)).text))).toEqual(new Set(once))
  expect(once).toContain('mesh_server_calls_in_flight')
  expect(once).toContain('nodejs_eventloop_lag_p99_seconds')
})

test('a service whose broker is away is alive and not ready, and says why', async () => {
  const { runtime } = await start()
  const statusOf = async (path: string) => (await fetch(`${runtime.ops.url}${path}`)).status
  expect(await statusOf('/readyz')).toBe(200)
  await mesh.nats.kill()
  await expect.poll(() => runtime.broker.connected).toBe(false)
  const response = await fetch(`${runtime.ops.url}/readyz`)
  expect(response.status).toBe(503)
  expect(await response.json()).toEqual({
    status: 'not ready',
    faults: { broker: 'the broker is not connected' },
  })
  expect([await statusOf('/livez'), await statusOf('/startupz')]).toEqual([200, 200])
  await mesh.nats.restart()
  await expect.poll(() => statusOf('/readyz')).toBe(200)
})

test('what a service says of its own life is told at /livez, and nowhere else', async () => {
  const { runtime } = await start()
  const faults: string[] = []
  runtime.ops.addLiveCheck('loop', () => faults[0])
  const ask = async (path: string) => {
    const response = await fetch(`${runtime.ops.url}${path}`)
    return { status: response.status, body: await response.json() }
  }
  expect(await ask('/livez')).toEqual({ status: 200, body: { status: 'ok' } })
  faults.push('it is late')
  const body = { status: 'not alive', faults: { loop: 'it is late' } }
  expect(await ask('/livez')).toEqual({ status: 503, body })
  expect((await ask('/readyz')).status).toBe(200)
})

test('/version tells which build of which service answers', async () => {
  const { runtime } = await mesh.start(fakeNetwork({ answers: {} }), { MESH_REVISION: '4f2a9c1' })
  const version = await fetch(`${runtime.ops.url}/version`)
  expect(await version.json()).toEqual({
    service: 'network',
    version: network.version,
    revision: '4f2a9c1',
    node: process.version,
  })
})
