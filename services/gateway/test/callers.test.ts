// Goal: only a good token of a living session gets through, and a refusal says what is wanted.
// Method: tokens that are good but for one thing, against the real verification.
// Shows: J1 (part), J2 (part), J4 (part)
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Door, as, problemOf, startDoor } from './harness.ts'

let door: Door

beforeAll(async () => {
  door = await startDoor()
})
beforeEach(() => door.seen.splice(0))
afterAll(() => door.stop())

const asking = (authorization?: string) =>
  fetch(`${door.url}/api/networks`, { headers: authorization ? { authorization } : {} })

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset

test('a good token gets through', async () => {
  expect((await asking(`Bearer ${door.issuer.token()}`)).status).toBe(200)
  expect((await asking(`bearer  ${door.issuer.token()}`)).status).toBe(200)
})

test('no token is answered with the wish for one', async () => {
  const response = await asking()
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="meshboard"')
  expect(await problemOf(response)).toMatchObject({ code: 'unauthorized', retry: 'after_auth' })
})

test('a token that is not what it says is refused before any service sees the call', async () => {
  const stranger = generateKeyPairSync('ed25519').privateKey
  const token = (changes = {}) => door.issuer.token(changes)
  const unsigned = token({ header: { alg: 'none' } }).replace(/[^.]+$/, '')
  const tokens = {
    forged: token({ key: stranger }),
    tampered: token().replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`),
    unsigned,
    'of an unknown key': token({ header: { kid: 'another' } }),
    'of another kind': token({ header: { typ: 'JWT' } }),
    'for somebody else': token({ claims: { aud: 'elsewhere' } }),
    'of another issuer': token({ claims: { iss: 'elsewhere' } }),
    'without an end': token({ claims: { exp: undefined } }),
    'no token at all': 'abc',
    'far too long': `${'a'.repeat(4000)}.${'b'.repeat(200)}.c`,
  }
  for (const [what, value] of Object.entries(tokens)) {
    const response = await asking(`Bearer ${value}`)
    expect(response.status, what).toBe(401)
    expect(response.headers.get('www-authenticate'), what).toContain('error="invalid_token"')
    expect((await problemOf(response)).code, what).toBe('unauthorized')
  }
  expect(door.seen).toEqual([])
})

test('a token that has ended says that the session has', async () => {
  const ended = door.issuer.token({ claims: { iat: seconds(-600), exp: seconds(-300) } })
  const response = await asking(`Bearer ${ended}`)
  expect(response.status).toBe(401)
  expect((await problemOf(response)).code).toBe('session_expired')
})

test('other schemes are no way in', async () => {
  for (const value of [
    'Basic YW5uOmFubg==',
    `Token ${door.issuer.token()}`,
    'Bearer',
    'Bearer a b',
  ])
    expect((await asking(value)).status, value).toBe(401)
})

test('a role that is too small is refused by the service', async () => {
  const response = await as(door, { roles: ['guest'] })('/api/networks')
  expect(response.status).toBe(403)
  expect((await problemOf(response)).code).toBe('forbidden')
})

test('a token in the query is no token', async () => {
  const response = await fetch(`${door.url}/api/networks?access_token=${door.issuer.token()}`)
  expect(response.status).toBe(401)
})

test('without auth a token is good where its key is known, and 503 where it is not', async () => {
  const back = await door.away('auth')
  const other = await door.another()
  const through = as({ ...door, url: other.url })
  expect((await as(door)('/api/networks')).status).toBe(200)
  const response = await through('/api/networks')
  expect(response.status).toBe(503)
  expect((await problemOf(response)).code).toBe('unavailable')
  await back()
  await expect.poll(async () => (await through('/api/networks')).status).toBe(200)
  await other.stop()
})
