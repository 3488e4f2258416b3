// Goal: a request can be found again: by its id, by its trace, in the log.
// Method: the real gateway; once as a process of its own, with a collector that takes its spans.
import { type ChildProcess, spawn } from 'node:child_process'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Logger, processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApp } from '../src/app.ts'
import { type Door, as, posting, problemOf, startDoor } from './harness.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
let door: Door
let ann: ReturnType<typeof as>

beforeAll(async () => {
  door = await startDoor()
  ann = as(door)
})
beforeEach(() => door.seen.splice(0))
afterAll(() => door.stop())

test('a request id is told back, and made where it is none', async () => {
  const idFor = async (id: string) => {
    const response = await ann('/api/networks', { headers: { 'x-request-id': id } })
    return response.headers.get('x-request-id')
  }
  expect(await idFor('my-request_1')).toBe('my-request_1')
  for (const odd of ['', 'a b', 'a;b', 'x'.repeat(65), '<script>']) {
    expect(await idFor(odd)).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test("a client's trace goes on to the service, and each refusal names it", async () => {
  const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }
  const response = await ann('/api/networks', { headers })
  expect(response.headers.get('x-trace-id')).toBe(TRACE)
  expect(response.headers.get('traceresponse')).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-`))
  expect(door.seen.at(-1)?.traceId).toBe(TRACE)
  const refused = await fetch(`${door.url}/api/networks`, { headers })
  expect((await problemOf(refused)).trace_id).toBe(TRACE)
})

test('requests are measured by their status, those that no procedure answers too', async () => {
  const measured = async () => {
    const text = await door.runtime.metrics.registry.metrics()
    const counts = text.matchAll(/^gateway_request\w+_count\{.*status="(\d+)".*\} (\d+)/gm)
    return Object.fromEntries([...counts].map(([, status, count]) => [status, Number(count)]))
  }
  const before = await measured()
  await (await ann('/api/networks')).text()
  await (await fetch(`${door.url}/api/networks`)).text()
  await (await fetch(`${door.url}/nowhere`)).text()
  const more = { 200: 1, 401: 1, 404: 1 }
  const expected = Object.entries(more).map(([status, n]) => [status, (before[status] ?? 0) + n])
  await expect.poll(measured).toMatchObject(Object.fromEntries(expected))
})

test('without a trace, or with one that is none, a new one begins', async () => {
  const ids = new Set<string | null>()
  for (const traceparent of [undefined, 'nonsense', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`]) {
    const response = await ann('/api/networks', traceparent ? { headers: { traceparent } } : {})
    ids.add(response.headers.get('x-trace-id'))
  }
  expect(ids.size).toBe(3)
  for (const id of ids) expect(id).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
})

test('a bug of the gateway is 500 and nothing else for the client, and the log has its cause', async () => {
  const logged: unknown[] = []
  const log = { ...door.runtime.log, error: (line: unknown) => logged.push(line) } as Logger
  const cause = new Error('connect ECONNREFUSED 10.0.0.5:6379')
  const broken = () => Promise.reject(cause)
  const app = createApp({
    runtime: { ...door.runtime, log },
    attempts: { peek: broken, take: broken, reset: broken },
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const headers = { 'x-request-id': 'buggy-1' }
  const response = await fetch(
    `http://127.0.0.1:${port}/api/auth/verify`,
    posting({ public_key: 'x' }, headers),
  )
  expect(response.status).toBe(500)
  const problem = await problemOf(response)
  expect(problem).toMatchObject({ code: 'internal', retry: 'later' })
  expect(JSON.stringify(problem)).not.toContain('ECONNREFUSED')
  expect(logged).toMatchObject([{ err: cause, request_id: 'buggy-1', method: 'POST' }])
  await new Promise((resolve) => server.close(resolve))
})

interface Span {
  name: string
  kind: number
  traceId: string
  attributes: { key: string; value: unknown }[]
  status: { code?: number }
}

/** Takes spans as Jaeger would, OTLP in JSON. */
const startCollector = async () => {
  const spans: Span[] = []
  const take = async (request: IncomingMessage) => {
    const sent = (await json(request)) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[]
    }
    for (const { scopeSpans } of sent.resourceSpans)
      spans.push(...scopeSpans.flatMap((scope) => scope.spans))
  }
  const server = createServer((request, response) => {
    take(request).then(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      () => response.writeHead(400).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () => new Promise((resolve) => server.close(resolve))
  return { spans, url: `http://127.0.0.1:${port}`, stop }
}

interface Line {
  msg: string
  [field: string]: unknown
}

/** The gateway as a process, and what it logs. */
const startProcess = async (env: Record<string, string>) => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const gateway = spawn(process.execPath, ['--conditions=@meshboard/source', 'src/main.ts'], {
    cwd,
    env: { NODE_COMPILE_CACHE: processEnvironment()['NODE_COMPILE_CACHE'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: Line[] = []
  const url = await new Promise<string>((resolve, reject) => {
    gateway.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
    let rest = ''
    gateway.stdout.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts.map((part) => JSON.parse(part) as Line))
      const opened = lines.find(({ msg }) => msg === 'the door is open')
      if (opened && lines.some(({ msg }) => msg === 'gateway is ready'))
        resolve(String(opened['url']))
    })
  })
  return { gateway, lines, url }
}

const ended = (process: ChildProcess) =>
  new Promise<number | null>((resolve) => process.once('exit', resolve))

test('a request is one line in the log and one span, if it is recorded or fails, without what is secret; a signal ends all well', async () => {
  const collector = await startCollector()
  const { gateway, lines, url } = await startProcess({
    ...door.broker.environmentOf('gateway'),
    LOG_LEVEL: 'info',
    GATEWAY_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER_ARG: '0',
  })
  const through = as({ ...door, url })
  const headers = { 'x-request-id': 'findable-1', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }
  await through('/api/earnings/history?limit=7&cursor=hidden', { headers })
  await through('/api/earnings/history?limit=8&cursor=hidden')
  const nowhere = await problemOf(await through('/nowhere?password=hidden'))
  const back = await door.away('network')
  const away = await problemOf(await through('/api/networks/con_01m7ypdhrge8hafxde6dcny8p9'))
  await back()
  const end = ended(gateway)
  gateway.kill('SIGTERM')
  expect(await end).toBe(0)
  await collector.stop()

  expect(lines.find((line) => line['request_id'] === 'findable-1')).toMatchObject({
    msg: 'request',
    method: 'GET',
    route: '/api/earnings/history',
    status: 200,
    trace_id: TRACE,
  })
  expect(JSON.stringify(lines)).not.toMatch(/hidden|Bearer|eyJ/)
  const server = collector.spans.filter(({ kind }) => kind === 2)
  expect(server.map(({ name }) => name)).toEqual([
    'GET /api/earnings/history',
    'GET',
    'GET /api/networks/{connection_id}',
  ])
  expect(server.map(({ traceId }) => traceId)).toEqual([TRACE, nowhere.trace_id, away.trace_id])
  expect(server.map(({ status }) => status.code ?? 0)).toEqual([0, 0, 2])
})
