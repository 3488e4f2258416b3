// Goal: long answers are sent short, but for those that hold a secret.
// Method: the real gateway; answers as they come over the wire.
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Door, startDoor } from './harness.ts'
import { rawRequest } from './raw-request.ts'
import { CHALLENGE, GOOD_SIGNATURE, PUBLIC_KEY } from './stand-ins.ts'

const LONG = '/openapi.json'
let door: Door

beforeAll(async () => {
  door = await startDoor({ GATEWAY_CORS_ORIGINS: 'https://board.example' })
})
afterAll(() => door.stop())

const accepting = (encodings: string, path = LONG) =>
  rawRequest(`${door.url}${path}`, {
    headers: {
      'accept-encoding': encodings,
      authorization: `Bearer ${door.issuer.token()}`,
      origin: 'https://board.example',
    },
  })

const readers = { br: brotliDecompressSync, gzip: gunzipSync }

test.for<[string, keyof typeof readers]>([
  ['br', 'br'],
  ['gzip', 'gzip'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1, br;q=0.5', 'gzip'],
  ['*', 'gzip'],
])('a client that accepts "%s" gets a long answer in %s', async ([accepted, encoding]) => {
  const plain = await accepting('identity')
  const { headers, body } = await accepting(accepted)
  expect(headers['content-encoding']).toBe(encoding)
  expect(headers['content-type']).toBe(plain.headers['content-type'])
  expect(body.length).toBeLessThan(plain.body.length / 3)
  expect(readers[encoding](body).equals(plain.body)).toBe(true)
})

test.for(['', 'identity', 'deflate', 'zstd', 'gzip;q=0, br;q=0', 'nonsense'])(
  'a client that accepts "%s" gets it as it is',
  async (accepted) => {
    const { headers, body } = await accepting(accepted)
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers['content-length']).toBe(String(body.length))
    expect(JSON.parse(body.toString())).toMatchObject({ openapi: '3.1.0' })
  },
)

test('caches are told that answers differ by encoding, and by origin', async () => {
  for (const accepted of ['br', 'identity']) {
    const vary = (await accepting(accepted)).headers['vary']?.toLowerCase().split(/, ?/)
    expect(vary?.toSorted()).toEqual(['accept-encoding', 'origin'])
  }
})

test("a caller's own answers are compressed from a KiB on", async () => {
  const history = (limit: number) => accepting('br', `/api/earnings/history?limit=${limit}`)
  const [short, long] = [await history(4), await history(100)]
  expect(short.headers['content-encoding']).toBeUndefined()
  expect(short.body.length).toBeGreaterThan(900)
  expect(long.headers['content-encoding']).toBe('br')
  const { entries } = JSON.parse(brotliDecompressSync(long.body).toString()) as {
    entries: unknown[]
  }
  expect(entries).toHaveLength(100)
})

test.for<[string, object]>([
  ['login', { username: 'ann', password: 'correct horse' }],
  ['register', { username: 'ann', password: 'correct horse' }],
  ['verify', { public_key: PUBLIC_KEY, challenge: CHALLENGE, signature: GOOD_SIGNATURE }],
  ['refresh', { refresh_token: `ses_01m7ypdhrge8hafxde6dcny8p9.${'r'.repeat(43)}` }],
])('the tokens that %s gives are not compressed, however long', async ([name, body]) => {
  const answer = await rawRequest(`${door.url}/api/auth/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'br, gzip' },
    body: JSON.stringify(body),
  })
  expect(answer.body.length).toBeGreaterThan(1_024)
  expect(answer.headers['content-encoding']).toBeUndefined()
  expect(JSON.parse(answer.body.toString())).toHaveProperty('access_token')
})

test('what has no body is left alone', async () => {
  const deleted = await fetch(`${door.url}/api/networks/con_01m7ypdhrge8hafxde6dcny8p9`, {
    method: 'DELETE',
    headers: { 'accept-encoding': 'br', authorization: `Bearer ${door.issuer.token()}` },
  })
  expect([deleted.status, deleted.headers.get('content-encoding')]).toEqual([204, null])
  const { headers, body } = await rawRequest(`${door.url}${LONG}`, {
    method: 'HEAD',
    headers: { 'accept-encoding': 'br' },
  })
  expect([headers['content-encoding'], body.length]).toEqual([undefined, 0])
})
