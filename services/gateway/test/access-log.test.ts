// Goal: every request is one line that says who asked what and how it ended, and holds no secret.
// Method: the gateway's app with a log that is kept, before the stand-ins.
// Shows: W2 (part)
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryRateLimiter, type Logger } from '@meshboard/kit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApp } from '../src/app.ts'
import { type Door, startDoor } from './harness.ts'
import { type RawRequest, rawRequest } from './raw-request.ts'
import { ANN, CONNECTION, ENDED_TOKEN, SLOW, WRONG_PASSWORD } from './stand-ins.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const lines: Record<string, unknown>[] = []
let door: Door
let server: Server
let url: string

beforeAll(async () => {
  door = await startDoor({ GATEWAY_TRUSTED_HOPS: '1' })
  const info = (line: Record<string, unknown>) => lines.push(line)
  const log = { ...door.runtime.log, info } as unknown as Logger
  const attempts = createMemoryRateLimiter({ name: 'test', points: 100, windowSeconds: 60 })
  server = createApp({ runtime: { ...door.runtime, log }, attempts }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  lines.splice(0)
  door.seen.splice(0)
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await door.stop()
})

const asAnn = (path: string, init: RawRequest = {}) =>
  rawRequest(url + path, {
    ...init,
    headers: { authorization: `Bearer ${door.issuer.token()}`, ...init.headers },
  })

/** The line of the one request that was made. */
const theLine = async () => {
  await expect.poll(() => lines).not.toEqual([])
  expect(lines).toHaveLength(1)
  return lines[0]
}

test('a line names request, route, outcome, caller, address, trace and size, and nothing else', async () => {
  const headers = {
    'x-request-id': 'findable-1',
    'x-forwarded-for': '198.51.100.66, 192.0.2.1',
    'user-agent': 'hidden',
    traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
  }
  const { body } = await asAnn(`/api/networks/${CONNECTION}?hidden=hidden`, { headers })
  expect(await theLine()).toEqual({
    request_id: 'findable-1',
    method: 'GET',
    route: '/api/networks/{connection_id}',
    status: 200,
    code: undefined,
    user_id: ANN,
    address: '192.0.2.1',
    client_gone: undefined,
    bytes: body.length,
    duration_ms: expect.any(Number),
    trace_id: TRACE,
  })
})

test('a refusal is a line with its code, with the caller where one was proven', async () => {
  await asAnn('/api/networks/con_01m7ypdhrge8hafxde6dcny8p9')
  expect(await theLine()).toMatchObject({ status: 404, code: 'not_found', user_id: ANN })
  lines.splice(0)
  await rawRequest(`${url}/api/networks`)
  expect(await theLine()).toMatchObject({ status: 401, code: 'unauthorized', user_id: undefined })
})

test('the size is what was sent: compressed, of no body, of a document', async () => {
  const sizeOf = async (path: string, init: RawRequest) => {
    lines.splice(0)
    const { body } = await asAnn(path, init)
    return [(await theLine())?.['bytes'], body.length]
  }
  const path = '/api/earnings/history?limit=100'
  const compressed = await sizeOf(path, { headers: { 'accept-encoding': 'br' } })
  expect(compressed[0]).toBe(compressed[1])
  const plain = await sizeOf(path, {})
  expect(plain[0]).toBe(plain[1])
  expect(Number(plain[0])).toBeGreaterThan(3 * Number(compressed[0]))
  expect(await sizeOf(path, { method: 'HEAD' })).toEqual([0, 0])
  expect(await sizeOf(`/api/networks/${CONNECTION}`, { method: 'DELETE' })).toEqual([0, 0])
})

test('the time is that until the answer was sent', async () => {
  const token = door.issuer.token({ claims: { sub: SLOW } })
  await rawRequest(`${url}/api/earnings/summary`, { headers: { authorization: `Bearer ${token}` } })
  const line = await theLine()
  expect(line).toMatchObject({ status: 504, code: 'deadline_exceeded', user_id: SLOW })
  expect(line?.['duration_ms']).toBeGreaterThan(500)
})

test('a client that has gone is a line that says so', async () => {
  const leaving = new AbortController()
  const authorization = `Bearer ${door.issuer.token({ claims: { sub: SLOW } })}`
  const left = fetch(`${url}/api/networks`, {
    headers: { authorization },
    signal: leaving.signal,
  }).catch(() => 'left')
  await expect.poll(() => door.seen.at(-1)?.userId).toBe(SLOW)
  leaving.abort()
  await left
  expect(await theLine()).toMatchObject({ route: '/api/networks', client_gone: true })
})

test('no line holds a token, a password, a query or what else a client sent', async () => {
  const post = (path: string, body: object) =>
    rawRequest(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('/api/auth/login', { username: 'ann', password: WRONG_PASSWORD })
  const opened = await post('/api/auth/login', { username: 'ann', password: 'correct horse' })
  await post('/api/auth/refresh', { refresh_token: ENDED_TOKEN })
  await post(`/api/auth/refresh/${ENDED_TOKEN}`, {})
  await asAnn(`/api/earnings/history?cursor=hidden&token=${door.issuer.token()}`)
  await asAnn(`/nowhere/${door.issuer.token()}/at/all?key=hidden`)
  await expect.poll(() => lines).toHaveLength(6)
  const { access_token } = JSON.parse(opened.body.toString()) as { access_token: string }
  const logged = JSON.stringify(lines)
  for (const secret of [
    WRONG_PASSWORD,
    'correct horse',
    ENDED_TOKEN,
    access_token,
    'hidden',
    'eyJ',
  ])
    expect(logged).not.toContain(secret)
  expect(lines.map(({ path }) => path).filter(Boolean)).toEqual([
    '/api/auth/refresh/…',
    '/nowhere/…/at/all',
  ])
})
