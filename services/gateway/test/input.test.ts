// Goal: nothing a client sends gets further than its own field, and what does not fit names that field.
// Method: the real gateway and broker; what the services were asked shows what got through.
// Shows: H3 (part), A3 (part), I1 (part), I5 (part)
import { Agent, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ContractRoute, contractRoutes } from '../src/contract-routes.ts'
import { type Door, as, posting, problemOf, startDoor } from './harness.ts'
import { CONNECTION } from './stand-ins.ts'

const INJECTIONS = [
  '*',
  '>',
  'a.b',
  'a b',
  'rpc.auth.>',
  '../../etc/passwd',
  "'; drop table users; --",
  '$JS.API.STREAM.DELETE.EVT_AUTH',
  'a\r\nmesh-token: x',
  'a\u0000b',
  '%',
  '\u202e',
  '{{7*7}}',
  'x'.repeat(700),
]
const BODY_BYTES = 4_096
let door: Door
let ann: ReturnType<typeof as>

beforeAll(async () => {
  door = await startDoor({
    GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX: '100000',
    GATEWAY_BODY_BYTES_MAX: String(BODY_BYTES),
  })
  ann = as(door)
})
beforeEach(() => door.seen.splice(0))
afterAll(() => door.stop())

const refusedFields = async (response: Response) => {
  expect(response.status).toBe(422)
  const { code, fields = {} } = await problemOf(response)
  expect(code).toBe('invalid')
  return Object.keys(fields)
}

describe('with every service away', () => {
  const backs: (() => Promise<void>)[] = []
  beforeAll(async () => {
    await ann('/api/networks')
    for (const name of ['auth', 'network', 'earnings']) backs.push(await door.away(name))
  })
  afterAll(async () => {
    for (const back of backs) await back()
  })

  for (const route of contractRoutes()) {
    for (const [field, { pattern }] of Object.entries(route.input.properties ?? {})) {
      if (typeof pattern !== 'string') continue
      test(`${route.method} ${route.template} refuses a ${field} that is none`, async () => {
        const fits = new RegExp(pattern, 'u')
        for (const odd of INJECTIONS.filter((text) => !fits.test(text)))
          expect(await refusedFields(await sending(route, field, odd)), odd).toContain(field)
      })
    }
  }
})

/** A request that carries `odd` where the route has that field. */
const sending = (...[route, field, odd]: [ContractRoute, string, string]) => {
  const { method, template, pathFields, hasBody } = route
  const value = pathFields.includes(field) ? odd : CONNECTION
  const path = template.replace(/\{\w+\}/, encodeURIComponent(value))
  const query = hasBody ? '' : `?${new URLSearchParams({ [field]: odd })}`
  return ann(path + query, { ...(hasBody && posting({ [field]: odd })), method })
}

test('numbers of a query arrive as numbers', async () => {
  expect((await ann('/api/earnings/history?limit=5&cursor=abc')).status).toBe(200)
  expect(door.seen[0]?.input).toEqual({ limit: 5, cursor: 'abc' })
})

test('a query value that is no such number is refused, not guessed', async () => {
  for (const odd of [
    'abc',
    '1e3',
    '0x10',
    '1.5',
    ' 5',
    '',
    '101',
    '0',
    '05',
    'NaN',
    '9'.repeat(30),
  ]) {
    const response = await ann(`/api/earnings/history?limit=${encodeURIComponent(odd)}`)
    expect(await refusedFields(response), odd).toEqual(['limit'])
  }
})

test('a query parameter is given once, or refused', async () => {
  const response = await ann('/api/earnings/history?limit=5&limit=6')
  expect(await refusedFields(response)).toEqual(['limit'])
  expect(await refusedFields(await ann('/api/networks?a=1&%61=2'))).toEqual(['a'])
})

test('what the contract does not know goes no further', async () => {
  const odd = '__proto__=1&constructor=2&toString=3&hasOwnProperty=4&admin=true'
  expect((await ann(`/api/earnings/history?limit=1&${odd}`)).status).toBe(200)
  const body = { device_id: 'tv', network_name: 'den', user_id: 'usr_x', constructor: { a: 1 } }
  expect((await ann('/api/networks', posting(body))).status).toBe(201)
  expect(door.seen.map(({ input }) => input)).toEqual([
    { limit: 1 },
    { device_id: 'tv', network_name: 'den' },
  ])
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
})

test('a body that is no JSON, or reaches for a prototype, is not read', async () => {
  const bodies = ['{', 'nothing', '"text"', '{"a":1}}', '{"__proto__":{"admin":true}}', '\u0000']
  for (const body of bodies) {
    const response = await ann('/api/networks', posting(body))
    expect(response.status, body).toBe(400)
    expect((await problemOf(response)).code).toBe('message_parse_error')
  }
})

test('a body that is no object is refused', async () => {
  expect(await refusedFields(await ann('/api/networks', posting('[1]')))).toEqual(['body'])
})

test('no body is an empty one', async () => {
  const response = await ann('/api/networks', { method: 'POST' })
  expect((await refusedFields(response)).toSorted()).toEqual(['device_id', 'network_name'])
})

test('a body that is not application/json as it stands is not read', async () => {
  const body = JSON.stringify({ device_id: 'tv', network_name: 'den' })
  const json = 'application/json'
  const odd: RequestInit[] = [
    { body, headers: { 'content-type': 'text/plain' } },
    { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { body, headers: { 'content-type': 'application/json-patch+json' } },
    { body: new TextEncoder().encode(body) },
    { body: gzipSync(body), headers: { 'content-type': json, 'content-encoding': 'gzip' } },
  ]
  for (const init of odd) {
    const response = await ann('/api/networks', { method: 'POST', ...init })
    expect(response.status).toBe(415)
    expect((await problemOf(response)).code).toBe('unsupported_media_type')
  }
  const headers = { 'content-type': 'Application/JSON; charset=utf-8' }
  expect((await ann('/api/networks', { method: 'POST', body, headers })).status).toBe(201)
})

test('a body that is too large is refused, whether or not its size was told', async () => {
  const body = JSON.stringify({ device_id: 'tv', network_name: 'x'.repeat(BODY_BYTES) })
  const told = await ann('/api/networks', posting(body))
  expect(told.status).toBe(413)
  expect((await problemOf(told)).code).toBe('too_large')
  const [untold, after] = await inPieces(body)
  expect([untold, after]).toEqual([413, 200])
})

/** Sends a body without its length, then another request over the same connection. */
const inPieces = async (body: string): Promise<[number | undefined, number | undefined]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = {
    authorization: `Bearer ${door.issuer.token()}`,
    'content-type': 'application/json',
  }
  const send = (method: string, pieces: readonly string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sending = request(`${door.url}/api/networks`, { agent, method, headers }, (response) =>
        response.resume().on('end', () => resolve(response.statusCode)),
      )
      sending.on('error', reject)
      for (const piece of pieces) sending.write(piece)
      sending.end()
    })
  const refused = await send('POST', [body.slice(0, 100), body.slice(100), 'y'.repeat(200_000)])
  const next = await send('GET', [])
  agent.destroy()
  return [refused, next]
}
