// Goal: what HTTP makes of each outcome of a call.
// Method: the real gateway and broker, before stand-ins of the services on the real contracts.
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Door, as, posting, problemOf, startDoor } from './harness.ts'
import {
  ANN,
  BUGGY_ENTRY,
  CHALLENGE,
  CONNECTION,
  ENTRY,
  GOOD_SIGNATURE,
  PUBLIC_KEY,
  SLOW,
} from './stand-ins.ts'

let door: Door
let ann: ReturnType<typeof as>

beforeAll(async () => {
  door = await startDoor({ GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX: '1000' })
  ann = as(door)
})
beforeEach(() => door.seen.splice(0))
afterAll(() => door.stop())

const registering = (username: string) =>
  posting({ username, public_key: PUBLIC_KEY, challenge: CHALLENGE, signature: GOOD_SIGNATURE })

test('a question is answered with its output, for the caller whose token came along', async () => {
  const response = await ann('/api/earnings/summary')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toMatchObject({ user_id: ANN, balance: '0.000000' })
})

test('what was made is answered with 201 and where it can be read', async () => {
  const made = await ann('/api/networks', posting({ device_id: 'tv', network_name: 'den' }))
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/networks/${CONNECTION}`)
  const read = await ann(made.headers.get('location') ?? '')
  expect(await read.json()).toMatchObject({ id: CONNECTION })
})

test('a public procedure needs no token', async () => {
  const made = await fetch(`${door.url}/api/auth/register`, registering('ann'))
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/users/${ANN}`)
})

test('a deletion is answered with 204 and nothing', async () => {
  const response = await ann(`/api/networks/${CONNECTION}`, { method: 'DELETE' })
  expect(response.status).toBe(204)
  expect(await response.text()).toBe('')
  expect(door.seen).toMatchObject([
    { procedure: 'network.disconnect', input: { connection_id: CONNECTION } },
  ])
})

test('a field of the path and the fields of the body make one input, and the path wins', async () => {
  const quality = { latency_ms: 1, jitter_ms: 1, packet_loss_pct: 0 }
  const other = { connection_id: 'con_01m7ypdhrge8hafxde6dcny8p9', quality }
  const response = await ann(`/api/networks/${CONNECTION}/heartbeat`, posting(other))
  expect(response.status).toBe(200)
  expect(door.seen[0]?.input).toEqual({ connection_id: CONNECTION, quality })
})

test('a declared refusal is a problem document with its code, advice and trace', async () => {
  const response = await ann(`/api/earnings/entries/${ENTRY}/explain`)
  expect(response.status).toBe(404)
  const problem = await problemOf(response)
  expect(problem).toMatchObject({
    type: '/failures#not_found',
    status: 404,
    code: 'not_found',
    retry: 'never',
    title: 'There is no such thing, or it is not yours.',
  })
  expect(problem.trace_id).toMatch(/^[0-9a-f]{32}$/)
  expect(problem.trace_id).toBe(response.headers.get('x-trace-id'))
})

test('a name that is taken is a conflict', async () => {
  const response = await fetch(`${door.url}/api/auth/register`, registering('taken'))
  expect(response.status).toBe(409)
  expect((await problemOf(response)).code).toBe('conflict')
})

test('a path that nobody serves is not found, whatever stands at its end or how it is spelled', async () => {
  for (const path of ['/nothing', '/api/networks/', '/API/networks', '/api/networks/a/b/c', '//']) {
    const response = await ann(path)
    expect(response.status, path).toBe(404)
    expect((await problemOf(response)).code).toBe('not_found')
  }
  expect(door.seen).toEqual([])
})

test('a method that is not for the address is refused, with those that are', async () => {
  const response = await ann('/api/networks', { method: 'PUT' })
  expect(response.status).toBe(405)
  expect(allowed(response)).toEqual(['GET', 'HEAD', 'POST'])
  expect((await problemOf(response)).code).toBe('method_not_allowed')
})

test('OPTIONS names the methods, and HEAD answers as GET without a body', async () => {
  const options = await ann(`/api/networks/${CONNECTION}`, { method: 'OPTIONS' })
  expect(options.status).toBe(200)
  expect(allowed(options)).toEqual(['DELETE', 'GET', 'HEAD'])
  const head = await ann('/api/networks', { method: 'HEAD' })
  expect(head.status).toBe(200)
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10)
  expect(await head.text()).toBe('')
})

const allowed = (response: Response) => response.headers.get('allow')?.split(/, ?/).toSorted()

test('a method that is no method here is not implemented', async () => {
  const status = await new Promise((resolve) =>
    request(`${door.url}/api/networks`, { method: 'PROPFIND' }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    }).end(),
  )
  expect(status).toBe(501)
})

test('a service that is away is 503, with when to come back, and is there again when it is', async () => {
  const back = await door.away('network')
  const response = await ann('/api/networks')
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(await problemOf(response)).toMatchObject({ code: 'unavailable', retry: 'later' })
  await back()
  expect((await ann('/api/networks')).status).toBe(200)
})

test('a service that takes too long is 504', async () => {
  const response = await as(door, { sub: SLOW })('/api/earnings/summary')
  expect(response.status).toBe(504)
  expect((await problemOf(response)).code).toBe('deadline_exceeded')
})

test('a call takes no longer than the gateway allows, whatever its contract says', async () => {
  const hasty = await door.another({ GATEWAY_CALL_MS_MAX: '100' })
  const began = Date.now()
  const slow = { ...door, url: hasty.url }
  const response = await as(slow, { sub: SLOW })('/api/networks')
  expect(response.status).toBe(504)
  expect(Date.now() - began).toBeLessThan(900)
  await hasty.stop()
})

test('a bug behind the door is 500 with a trace, and says nothing else', async () => {
  const response = await ann(`/api/earnings/entries/${BUGGY_ENTRY}/explain`)
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(text).not.toMatch(/secrets|relation|stack/i)
  expect(JSON.parse(text)).toMatchObject({ code: 'internal', retry: 'later' })
})

test('beyond so many requests in hand the next is refused at once', async () => {
  const narrow = await door.another({ CALLS_IN_FLIGHT_MAX: '1' })
  const through = as({ ...door, url: narrow.url }, { sub: SLOW })
  const first = through('/api/earnings/summary')
  await new Promise((resolve) => setTimeout(resolve, 100))
  const second = await through('/api/earnings/summary')
  expect(second.status).toBe(503)
  expect(await problemOf(second)).toMatchObject({ code: 'overloaded', retry_after_ms: 1_000 })
  expect((await first).status).toBe(504)
  await narrow.stop()
})

test('the token keys may be kept by anybody for a while', async () => {
  const response = await fetch(`${door.url}/.well-known/jwks.json`)
  expect(response.headers.get('cache-control')).toBe('public, max-age=60')
  expect(await response.json()).toEqual({ keys: [door.issuer.jwk] })
})

test('an idempotency key goes along with the call, and must be one', async () => {
  const connecting = (key: string) =>
    posting({ device_id: 'tv', network_name: 'den' }, { 'idempotency-key': key })
  expect((await ann('/api/networks', connecting('order-0001'))).status).toBe(201)
  expect(door.seen[0]?.idempotencyKey).toBe('order-0001')
  const refused = await ann('/api/networks', connecting('not a key!'))
  expect(refused.status).toBe(422)
  expect(Object.keys((await problemOf(refused)).fields ?? {})).toEqual(['Idempotency-Key'])
})
