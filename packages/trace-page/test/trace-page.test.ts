// Goal: a trace that is sent can be found, and read from its beginning to its end.
// Method: a page on a free port, told by OTLP what happened, and asked over HTTP what it shows.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestPage, nanos, text, traceIdOf } from './spans.ts'

let page: TestPage
beforeEach(async () => {
  page = await TestPage.start()
})
afterEach(() => page.running.stop())

interface Shown {
  duration_ms: number
  dropped_spans: number
  spans: { name: string; depth: number; offset_ms: number; failed: boolean; attributes: object }[]
}
const shown = (trace: string) => page.json<Shown>(`/api/traces/${traceIdOf(trace)}`)

const call = { id: '1', name: 'ws call', ms: 30 }
const answer = {
  id: '2',
  parent: '1',
  service: 'network',
  name: 'network.heartbeat',
  from: 5,
  ms: 20,
}
const statement = {
  id: '3',
  parent: '2',
  service: 'network',
  name: 'UPDATE connections',
  from: 6,
  ms: 2,
}
const late = { id: '4', parent: '2', service: 'earnings', name: 'process credit', from: 90, ms: 10 }

test('a trace is read from its first span to its last, in whatever order they came', async () => {
  await page.take(late, statement, answer, call)
  const { spans, duration_ms } = await shown('a')
  expect(spans.map(({ name, depth, offset_ms }) => [name, depth, offset_ms])).toEqual([
    ['ws call', 0, 0],
    ['network.heartbeat', 1, 5],
    ['UPDATE connections', 2, 6],
    ['process credit', 2, 90],
  ])
  expect(duration_ms).toBe(100)
  const html = await page.html(`/trace/${traceIdOf('a')}`)
  for (const { name } of spans) expect(html).toContain(`<b>${name}</b>`)
})

test('a span whose parent has not come is shown all the same, and says so', async () => {
  await page.take(statement)
  expect((await shown('a')).spans).toMatchObject([{ name: 'UPDATE connections', depth: 0 }])
  expect(await page.html(`/trace/${traceIdOf('a')}`)).toContain('its parent has not come')
})

test('spans that hang below each other leave the others in place', async () => {
  await page.take(call, { id: '7', parent: '8' }, { id: '8', parent: '7' })
  expect((await shown('a')).spans).toMatchObject([{ name: 'ws call' }])
})

test('a span that is sent twice is shown once', async () => {
  await page.take(call, call)
  expect((await shown('a')).spans).toHaveLength(1)
})

test('attributes, events, links and how it failed stand with their span', async () => {
  const linked = traceIdOf('beef')
  await page.take({
    ...call,
    failed: true,
    attributes: { 'url.path': '/ws/v1', 'http.response.status_code': 404 },
    events: [{ name: 'retried', timeUnixNano: nanos(3), attributes: [text('cause', 'timeout')] }],
    links: [{ traceId: linked, spanId: '00000000000000ff', attributes: [] }],
  })
  const { spans } = await shown('a')
  expect(spans).toMatchObject([
    {
      failed: true,
      message: 'not_found',
      attributes: { 'url.path': '/ws/v1', 'http.response.status_code': 404 },
      events: [{ name: 'retried', offset_ms: 3, attributes: { cause: 'timeout' } }],
      links: [{ trace_id: linked }],
    },
  ])
  const html = await page.html(`/trace/${traceIdOf('a')}`)
  for (const part of ['/ws/v1', 'retried', `href="/trace/${linked}#s00000000000000ff"`])
    expect(html).toContain(part)
  await page.take({ ...answer, trace: 'beef' })
  const back = new RegExp(`Linked from\\s+<a href="/trace/${traceIdOf('a')}">`)
  expect(await page.html(`/trace/${linked}`)).toMatch(back)
})

test('the newest trace stands first, and each filter finds what it asks for', async () => {
  await page.take(
    { ...call, trace: 'a1', from: 0 },
    { ...answer, trace: 'a1' },
    { ...call, trace: 'b2', from: 1_000, ms: 500, failed: true },
    { id: '1', trace: 'c3', from: 2_000, name: 'GET', attributes: { 'url.path': '/api/Networks' } },
    { id: '1', trace: 'd4', from: 3_000, name: 'auth.listRevoked', kind: 3, ms: 2 },
  )
  expect(await page.find()).toEqual(['d4', 'c3', 'b2', 'a1'])
  expect(await page.find('service=network')).toEqual(['a1'])
  expect(await page.find('text=ws+CALL')).toEqual(['b2', 'a1'])
  expect(await page.find('text=api/networks')).toEqual(['c3'])
  expect(await page.find('failed=1')).toEqual(['b2'])
  expect(await page.find('requests=1')).toEqual(['c3', 'b2', 'a1'])
  expect(await page.find('min_ms=25.5')).toEqual(['b2', 'a1'])
  expect(await page.find(`trace_id=${traceIdOf('b2')}`)).toEqual(['b2'])
  expect(await page.find('service=network&failed=1')).toEqual([])
  const rows = (await page.html('/?failed=1')).match(/href="\/trace\/\w+/g)
  expect(rows).toEqual([`href="/trace/${traceIdOf('b2')}`])
})

test('a whole trace id that is looked for leads to its trace', async () => {
  const answer = await fetch(`${page.running.url}/?trace_id=${traceIdOf('a').toUpperCase()}`, {
    redirect: 'manual',
  })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe(`/trace/${traceIdOf('a')}`)
})

test('a trace that is not here is said to be missing, and why it may be', async () => {
  const answer = await fetch(`${page.running.url}/trace/${traceIdOf('dead')}`)
  expect(answer.status).toBe(404)
  expect(await answer.text()).toMatch(/No such trace.*OTEL_TRACES_SAMPLER_ARG.*last 500/s)
  expect((await fetch(`${page.running.url}/api/traces/${traceIdOf('dead')}`)).status).toBe(404)
})

test('what has not changed is not sent again', async () => {
  await page.take(call)
  const first = await fetch(`${page.running.url}/`)
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  expect((await fetch(`${page.running.url}/`, { headers, cache: 'no-store' })).status).toBe(304)
  await page.take(answer)
  expect((await fetch(`${page.running.url}/`, { headers, cache: 'no-store' })).status).toBe(200)
})

test('nothing that a span says becomes a part of the page', async () => {
  const evil = '"><script>alert(1)</script>'
  await page.take({
    ...{ id: '1', name: evil, service: evil, failed: true },
    attributes: { [evil]: evil, 'error.type': evil, 'rpc.method': evil },
    events: [{ name: evil, timeUnixNano: nanos(0), attributes: [] }],
  })
  const pages = [await page.html('/'), await page.html(`/trace/${traceIdOf('a')}`)]
  pages.push(await page.html(`/?text=${encodeURIComponent(evil)}`))
  for (const html of pages) expect(html).not.toContain('<script>')
})
