// Goal: each call ends once: with its answer, or with a failure that says whether it may have happened.
// Method: an edge that speaks the protocol and does what the test says, over real sockets.
import { failure } from '@meshboard/contracts'
import { expect, expectTypeOf, test } from 'vitest'
import { aClient, anEdge, next, until } from './parts.ts'

const never = () => new Promise(() => {})
const echo = ({ data }: { data: string }) => ({ data })

test('a call resolves with the answer', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = echo
  const client = await aClient(edge)
  await client.connect()
  expect(await client.network.echo({ data: 'hello' })).toEqual({ data: 'hello' })
  expect(await client.call('network.echo', { data: 'again' })).toEqual({ data: 'again' })
})

test('an input that needs no field may be left out', async () => {
  const edge = await anEdge()
  edge.procedures['earnings.getSummary'] = (input: object) => ({ input })
  edge.procedures['earnings.listEntries'] = (input: object) => ({ input })
  const client = await aClient(edge)
  await client.connect()
  const { getSummary, listEntries, explain } = client.earnings
  expect(await getSummary()).toEqual({ input: {} })
  expect(await client.call('earnings.getSummary')).toEqual({ input: {} })
  expect(await listEntries(undefined, { timeoutMs: 1_000 })).toEqual({ input: {} })
  expect(await listEntries({ limit: 1 })).toEqual({ input: { limit: 1 } })
  expectTypeOf(getSummary).toBeCallableWith()
  expectTypeOf(explain).parameter(0).toEqualTypeOf<{ entry_id: string }>()
  // @ts-expect-error an entry's id is needed
  await expect(explain()).rejects.toMatchObject({ code: 'unsupported' })
})

test('answers find their calls in any order', async () => {
  const edge = await anEdge()
  const first = Promise.withResolvers<void>()
  edge.procedures['network.echo'] = async ({ data }: { data: string }) => {
    if (data === 'first') await first.promise
    return { data }
  }
  const client = await aClient(edge)
  await client.connect()
  const calls = ['first', 'second'].map((data) => client.network.echo({ data }))
  expect(await calls[1]).toEqual({ data: 'second' })
  first.resolve()
  expect(await calls[0]).toEqual({ data: 'first' })
})

test('a refusal arrives as a Failure with its code and trace', async () => {
  const edge = await anEdge()
  edge.procedures['earnings.explain'] = () => {
    throw failure('not_found')
  }
  const client = await aClient(edge)
  await client.connect()
  const call = client.earnings.explain({ entry_id: `ent_${'0'.repeat(26)}` })
  await expect(call).rejects.toMatchObject({
    code: 'not_found',
    status: 404,
    traceId: 'a'.repeat(32),
  })
})

test('a call without an answer in time fails and is cancelled at the edge', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = never
  const client = await aClient(edge)
  await client.connect()
  const call = client.network.echo({ data: '' }, { timeoutMs: 30 })
  const details = { may_have_happened: true }
  await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded', details })
  await until(() => edge.received('cancel').length === 1)
  expect(edge.received('cancel')[0]?.id).toBe(edge.received('call')[0]?.id)
})

test('an aborted call rejects with the reason and is cancelled at the edge', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = never
  const client = await aClient(edge)
  await client.connect()
  const abort = new AbortController()
  const call = client.network.echo({ data: '' }, { signal: abort.signal })
  abort.abort(new Error('no longer needed'))
  await expect(call).rejects.toThrow('no longer needed')
  await until(() => edge.received('cancel').length === 1)
})

test('a call in flight when the socket is lost may have happened', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = never
  const client = await aClient(edge)
  await client.connect()
  const call = client.network.echo({ data: '' })
  await until(() => edge.received('call').length === 1)
  edge.session.cut()
  const details = { may_have_happened: true }
  await expect(call).rejects.toMatchObject({ code: 'connection_closed', details })
})

test('a call made while there is no connection is sent when there is one', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = echo
  const client = await aClient(edge)
  await client.connect()
  const degraded = next(client, 'degraded')
  edge.session.cut()
  await degraded
  expect(await client.network.echo({ data: 'patience' })).toEqual({ data: 'patience' })
  expect(edge.received('call')).toHaveLength(1)
})

test('a call that waits for a connection in vain has not happened', async () => {
  const edge = await anEdge()
  edge.mute = true
  const client = await aClient(edge)
  void client.connect().catch(() => {})
  const call = client.network.echo({ data: '' }, { timeoutMs: 30 })
  const details = { may_have_happened: false }
  await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded', details })
})

test('no more calls are in flight than the edge takes', async () => {
  const edge = await anEdge()
  edge.limits.calls_in_flight = 2
  const waiting: (() => void)[] = []
  edge.procedures['network.echo'] = ({ data }: { data: string }) =>
    new Promise((resolve) => waiting.push(() => resolve({ data })))
  const client = await aClient(edge)
  await client.connect()
  const calls = ['a', 'b', 'c'].map((data) => client.network.echo({ data }))
  await until(() => waiting.length === 2)
  expect(edge.received('call')).toHaveLength(2)
  waiting.shift()?.()
  await until(() => edge.received('call').length === 3)
  await until(() => waiting.length === 2)
  for (const answer of waiting) answer()
  expect(await Promise.all(calls)).toEqual([{ data: 'a' }, { data: 'b' }, { data: 'c' }])
})

test('one call more than may wait is refused as overloaded', async () => {
  const edge = await anEdge()
  edge.mute = true
  const client = await aClient(edge, { callsWaitingMax: 1 })
  void client.connect().catch(() => {})
  const first = client.network.echo({ data: '' })
  await expect(client.network.echo({ data: '' })).rejects.toMatchObject({ code: 'overloaded' })
  client.close()
  await expect(first).rejects.toMatchObject({ code: 'connection_closed' })
})

test('a message larger than the edge takes is refused and the socket stays', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = echo
  const client = await aClient(edge)
  await client.connect()
  const tooLarge = client.network.echo({ data: 'x'.repeat(65_536) })
  await expect(tooLarge).rejects.toMatchObject({ code: 'invalid' })
  expect(await client.network.echo({ data: 'ok' })).toEqual({ data: 'ok' })
})

test('timeout and idempotency key travel with the call', async () => {
  const edge = await anEdge()
  edge.procedures['network.echo'] = echo
  const client = await aClient(edge)
  await client.connect()
  await client.network.echo({ data: '' }, { timeoutMs: 700, idempotencyKey: 'once-only' })
  const [call] = edge.received('call')
  expect(call).toMatchObject({ idempotency_key: 'once-only' })
  expect(call?.timeout_ms).toBeGreaterThan(600)
  expect(call?.timeout_ms).toBeLessThanOrEqual(700)
})

test('only what a client may call over a socket compiles', async () => {
  const client = await aClient(await anEdge())
  await client.connect()
  // @ts-expect-error `auth.register` has no socket
  await expect(client.call('auth.register', {})).rejects.toMatchObject({ code: 'unsupported' })
  // @ts-expect-error an echo needs its data
  await expect(client.network.echo({})).rejects.toMatchObject({ code: 'unsupported' })
})
