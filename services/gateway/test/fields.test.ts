// Goal: a client learns which of its fields do not fit, wherever it put them.
// Method: the real gateway; each refusal as a problem document, and what the services were asked.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Door, as, posting, problemOf, startDoor } from './harness.ts'
import { CONNECTION } from './stand-ins.ts'

let door: Door
let ann: ReturnType<typeof as>

beforeAll(async () => {
  door = await startDoor()
  ann = as(door)
})
beforeEach(() => door.seen.splice(0))
afterAll(() => door.stop())

const patching = (body: unknown): RequestInit => ({ ...posting(body), method: 'PATCH' })

const quality = { latency_ms: -1, jitter_ms: 'none', packet_loss_pct: 0 }

test.for<[string, string, RequestInit, string[]]>([
  ['body', '/api/networks', posting({ device_id: 'a b' }), ['device_id', 'network_name']],
  [
    'body, below another',
    `/api/networks/${CONNECTION}/heartbeat`,
    posting({ quality }),
    ['quality.jitter_ms', 'quality.latency_ms'],
  ],
  [
    'body of a change',
    '/api/user',
    patching({ description: 1, preferences: { theme: 2 } }),
    ['description', 'preferences.theme'],
  ],
  ['query', '/api/earnings/history?limit=0&cursor=%20', {}, ['cursor', 'limit']],
  ['path', '/api/networks/none', {}, ['connection_id']],
  [
    'path and the body',
    '/api/networks/none/heartbeat',
    posting({ quality: { ...quality, jitter_ms: 1 } }),
    ['connection_id', 'quality.latency_ms'],
  ],
])('what does not fit in the %s is 422, with a sentence for each field', async (sent) => {
  const [, path, init, names] = sent
  const response = await ann(path, init)
  expect(response.status).toBe(422)
  const { code, retry, fields = {} } = await problemOf(response)
  expect([code, retry]).toEqual(['invalid', 'never'])
  expect(Object.keys(fields).toSorted()).toEqual(names)
  for (const sentences of Object.values(fields))
    expect(sentences).toEqual([expect.stringMatching(/^[A-Z].{5,}/)])
  expect(door.seen).toEqual([])
})

test('a change says what it changes and nothing else', async () => {
  const response = await ann('/api/user', patching({ description: 'Hello', admin: true }))
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ description: 'Hello', preferences: {} })
  expect(door.seen).toMatchObject([{ procedure: 'user.update', input: { description: 'Hello' } }])
  expect(door.seen[0]?.input).toEqual({ description: 'Hello' })
})

test('pages of another origin may ask whether they may change something', async () => {
  const open = await door.another({ GATEWAY_CORS_ORIGINS: 'https://board.example' })
  const preflight = await fetch(`${open.url}/api/user`, {
    method: 'OPTIONS',
    headers: { origin: 'https://board.example', 'access-control-request-method': 'PATCH' },
  })
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH')
  await open.stop()
})
