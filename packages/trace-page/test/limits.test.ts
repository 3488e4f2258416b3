// Goal: the page takes what it can show, says why it refuses the rest, and never grows beyond its limits.
// Method: pages with small limits, each limit reached; the page as a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { type Told, TestPage, requestOf, traceIdOf } from './spans.ts'

let page: TestPage
afterEach(() => page.running.stop())

const trace = (id: string, told: Partial<Told> = {}): Told => ({ trace: id, id: '1', ...told })
const kept = () => page.json<{ kept: number; bytes: number }>('/api/traces')

test('the last so many traces are kept; the one that was quiet the longest goes', async () => {
  page = await TestPage.start({ TRACES_MAX: '2' })
  await page.take(trace('a', { from: 1 }), trace('b', { from: 2 }))
  await page.take(trace('a', { id: '2', from: 3 }), trace('c', { from: 4 }))
  expect(await page.find()).toEqual(['c', 'a'])
})

test('without a setting the last 500 are kept', async () => {
  page = await TestPage.start()
  const told = Array.from({ length: 501 }, (_, index) => trace(`${index}a`, { from: index }))
  await page.post(JSON.stringify(requestOf(told)))
  expect(await kept()).toMatchObject({ kept: 500, kept_max: 500 })
  expect(await page.find(`trace_id=${traceIdOf('0a')}`)).toEqual([])
})

test('so many bytes are kept, and a trace that alone is larger loses its latest spans', async () => {
  page = await TestPage.start({ TRACES_BYTES_MAX: '2048' })
  const wide = { attributes: { wide: 'x'.repeat(400) } }
  await page.take(trace('a', wide), trace('b', wide), trace('c', wide))
  expect((await kept()).bytes).toBeLessThanOrEqual(2_048)
  expect(await page.find()).toHaveLength(2)
  await page.take(...['2', '3', '4', '5'].map((id) => trace('c', { ...wide, id })))
  expect(await kept()).toMatchObject({ kept: 1 })
  const { dropped_spans } = await page.json<{ dropped_spans: number }>(
    `/api/traces/${traceIdOf('c')}`,
  )
  expect(dropped_spans).toBeGreaterThan(0)
})

test('of one trace so many spans are kept, and it says how many more came', async () => {
  page = await TestPage.start({ TRACES_SPANS_MAX: '3' })
  await page.take(...['1', '2', '3', '4', '5'].map((id) => trace('a', { id })))
  const shown = await page.json<{ spans: object[] }>(`/api/traces/${traceIdOf('a')}`)
  expect(shown).toMatchObject({ dropped_spans: 2 })
  expect(shown.spans).toHaveLength(3)
  expect(await page.html(`/trace/${traceIdOf('a')}`)).toContain('2 spans more came')
})

test('a delivery that is too large is refused, also when it only becomes so', async () => {
  page = await TestPage.start({ TRACES_BODY_BYTES_MAX: '2000' })
  const large = JSON.stringify(requestOf([trace('a', { name: 'x'.repeat(2_000) })]))
  const small = gzipSync(large)
  expect(small.length).toBeLessThan(2_000)
  expect((await page.post(large)).status).toBe(413)
  expect((await page.post(small, { 'content-encoding': 'gzip' })).status).toBe(413)
  expect((await page.post(JSON.stringify(requestOf([trace('a')])))).status).toBe(200)
})

test('JSON is taken, plain or packed; anything else is told what to send', async () => {
  page = await TestPage.start()
  const body = JSON.stringify(requestOf([trace('a')]))
  expect((await page.post(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200)
  const protobuf = await page.post(Buffer.from([10, 0]), {
    'content-type': 'application/x-protobuf',
  })
  expect(protobuf.status).toBe(415)
  expect(await protobuf.json()).toMatchObject({ message: expect.stringContaining('http/json') })
  expect((await page.post('{"resourceSpans"')).status).toBe(400)
  expect((await fetch(`${page.running.url}/v1/traces`)).status).toBe(405)
  expect((await fetch(`${page.running.url}/v1/metrics`)).status).toBe(404)
})

test('what is no span is counted in the answer, and the rest is taken', async () => {
  page = await TestPage.start()
  const told = requestOf([trace('a'), trace('0'), trace('b', { id: 'not hex' })])
  const answer = await page.post(JSON.stringify(told))
  expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: 2 } })
  expect(await page.find()).toEqual(['a'])
  for (const odd of ['null', '[]', '{"resourceSpans":[null,{"scopeSpans":[{"spans":[7]}]}]}'])
    expect((await page.post(odd)).status).toBe(200)
})

test('it is for this machine: no other address, and no name that only leads here', async () => {
  page = await TestPage.start()
  const port = Number(new URL(page.running.url).port)
  const asked = request({ host: '127.0.0.1', port, headers: { host: 'example.org' } }).end()
  const [answer] = (await once(asked, 'response')) as [{ statusCode: number }]
  expect(answer.statusCode).toBe(421)
  const outward = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of outward) {
    const socket = connect({ host: address, port })
    await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED')
  }
})

test('as a process it says where it is, and a signal ends it', async () => {
  page = await TestPage.start()
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@meshboard/source', main], {
    env: { TRACES_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { url } = JSON.parse(line.toString()) as { url: string }
  expect((await fetch(`${url}/api/traces`)).status).toBe(200)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
