// Goal: a login succeeds by key and token, is renewed in place, and ends in words a person understands.
// Method: an edge that speaks the protocol and does what the test says, over real sockets.
import { CLOSE_CODES, failure } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { createClient, generateKey } from '../src/index.ts'
import { aClient, anEdge, next, until } from './parts.ts'

test('a registered key signs in with the challenge', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  const session = await client.connect()
  expect(session).toMatchObject({ node: 'test-edge', limits: { frame_in_bytes: 65_536 } })
  expect(client.state).toBe('open')
})

test('a key that nobody registered ends the client with that failure', async () => {
  const edge = await anEdge()
  const { key } = await generateKey()
  const client = await aClient(edge, { credentials: { key } })
  const closed = next(client, 'closed')
  await expect(client.connect()).rejects.toMatchObject({ code: 'unknown_key' })
  expect((await closed).failure).toMatchObject({ code: 'unknown_key' })
  expect(client.state).toBe('closed')
})

test('a signature for another mesh is refused, tried once more and given up', async () => {
  const edge = await anEdge()
  const client = await aClient(edge, { audience: 'elsewhere' })
  await expect(client.connect()).rejects.toMatchObject({ code: 'auth_failed' })
  expect(edge.received('auth')).toHaveLength(2)
})

test('a token is fetched anew for every login', async () => {
  const edge = await anEdge()
  let count = 0
  const token = () => `a.b.${++count}`
  edge.tokens.add('a.b.1').add('a.b.2')
  const client = await aClient(edge, { credentials: { token } })
  await client.connect()
  const ready = next(client, 'ready')
  edge.session.cut()
  await ready
  expect(edge.received('auth').map((frame) => frame.token)).toEqual(['a.b.1', 'a.b.2'])
})

test('a token that cannot be fetched now is fetched again later', async () => {
  const edge = await anEdge()
  edge.tokens.add('a.b.c')
  let tries = 0
  const token = async () => {
    if (++tries === 1) throw new Error('login page is down')
    return 'a.b.c'
  }
  const client = await aClient(edge, { credentials: { token } })
  const degraded = next(client, 'degraded')
  await client.connect()
  const failure = { message: 'No credentials: login page is down' }
  expect(await degraded).toMatchObject({ cause: 'connection', failure })
})

test('an expiring login is renewed on the same socket', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const { session } = edge
  const warning = next(client, 'warning')
  const details = { challenge: 'd'.repeat(43), now: new Date().toISOString() }
  session.send({ type: 'warning', code: 'auth_expiring', details })
  expect(await warning).toMatchObject({ code: 'auth_expiring' })
  await until(() => edge.received('auth').length === 2)
  const [first, second] = edge.received('auth')
  expect(second?.public_key).toBe(first?.public_key)
  expect(second?.signature).not.toBe(first?.signature)
})

test('a revoked session is opened anew once', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const ready = next(client, 'ready')
  edge.session.close(CLOSE_CODES.revoked.code, CLOSE_CODES.revoked.reason)
  await ready
  const closed = next(client, 'closed')
  edge.session.close(CLOSE_CODES.revoked.code, CLOSE_CODES.revoked.reason)
  expect((await closed).failure).toMatchObject({ code: 'session_expired' })
})

test('a call before the login is refused at once', async () => {
  const client = await aClient(await anEdge())
  const call = client.earnings.getSummary()
  await expect(call).rejects.toMatchObject({ code: 'connection_closed' })
})

test('a client that is closed while it connects says so', async () => {
  const edge = await anEdge()
  edge.mute = true
  const client = await aClient(edge)
  const connecting = client.connect()
  client.close()
  await expect(connecting).rejects.toMatchObject({ code: 'connection_closed' })
})

test('credentials that fail after the client was closed change nothing', async () => {
  const edge = await anEdge()
  const token = Promise.withResolvers<string>()
  const client = await aClient(edge, { credentials: { token: () => token.promise } })
  client.connect().catch(() => {})
  await until(() => client.state === 'greeting')
  client.close()
  token.reject(new Error('too late'))
  await token.promise.catch(() => {})
  await until(() => edge.sessions.size === 0)
  expect(client.state).toBe('closed')
})

test('a URL that is no WebSocket URL is refused', () => {
  const credentials = { token: () => '' }
  expect(() => createClient({ url: 'http://localhost', credentials })).toThrow(
    failure('invalid', { message: 'Not a WebSocket URL: "http://localhost"' }),
  )
})
