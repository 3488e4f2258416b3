// Goal: the guarantees that broker.ts states.
// Method: a real nats-server with the generated permissions.
// Shows: N3 (part), I4 (part)
import { HEADERS, earnings, eventSubject, feedSubject, streamName } from '@meshboard/contracts'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BrokerError, type Message, encodeJson, newId } from '../src/index.ts'

const STREAM = streamName('earnings')
const soon = () => Date.now() + 2_000
let mesh: TestMesh

beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

const store = async (subject: string, n: number, id = newId('event')) =>
  (await mesh.brokerOf('earnings')).store(STREAM, subject, encodeJson({ n }), {
    id,
    headers: { [HEADERS.n]: String(n), [HEADERS.event]: earnings.events.credited.name },
    deadline: soon(),
  })

const ledgerOf = (user: string) => eventSubject('earnings', 'ledger', user)

test('a request that nobody answers says so at once', async () => {
  const gateway = await mesh.brokerOf('gateway')
  const asked = gateway.request('rpc.auth.challenge', new Uint8Array(), { deadline: soon() })
  await expect(asked).rejects.toMatchObject({ fault: 'no_responders' })
})

test('a request without the right to it says so at once', async () => {
  const edge = await mesh.brokerOf('edge')
  const asked = edge.request('rpc.auth.register', new Uint8Array(), { deadline: soon() })
  await expect(asked).rejects.toMatchObject({ fault: 'forbidden' })
})

test('an answer that comes too late is not taken for that of the request after it', async () => {
  const auth = await mesh.brokerOf('auth')
  const gateway = await mesh.brokerOf('gateway')
  const asked: string[] = []
  const serving = await auth.serve('rpc.auth.challenge', 'auth', ({ reply = '' }) => {
    asked.push(reply)
  })
  const request = (deadline: number) =>
    gateway.request('rpc.auth.challenge', new Uint8Array(), { deadline })
  const answer = (index: number, body: string) =>
    auth.publish(asked[index] ?? '', new TextEncoder().encode(body))
  await expect(request(Date.now() + 200)).rejects.toMatchObject({ fault: 'timeout' })
  const second = request(soon())
  await expect.poll(() => asked.length).toBe(2)
  answer(0, 'late')
  answer(1, 'in time')
  expect(new TextDecoder().decode((await second).data)).toBe('in time')
  await serving.stop()
})

test('a message beyond what the broker takes is refused, and the connection lives', async () => {
  const gateway = await mesh.brokerOf('gateway')
  const large = gateway.request('rpc.auth.challenge', new Uint8Array(2 << 20), { deadline: soon() })
  await expect(large).rejects.toMatchObject({ fault: 'too_large' })
  expect(gateway.connected).toBe(true)
})

test('a header with a line break never reaches the broker', async () => {
  const gateway = await mesh.brokerOf('gateway')
  const split = gateway.request('rpc.auth.challenge', new Uint8Array(), {
    headers: { [HEADERS.idempotencyKey]: 'a\r\nNats-Msg-Id: b' },
    deadline: soon(),
  })
  await expect(split).rejects.not.toBeInstanceOf(BrokerError)
})

test('an event stored twice under one id is stored once', async () => {
  const subject = ledgerOf(newId('user'))
  const id = newId('event')
  const first = await store(subject, 1, id)
  expect(await store(subject, 1, id)).toEqual({ seq: first.seq, duplicate: true })
})

test('a stored event reaches the feed, its headers and its place in the stream with it', async () => {
  const user = newId('user')
  const edge = await mesh.brokerOf('edge')
  const { promise, resolve } = Promise.withResolvers<Message>()
  const feed = await edge.subscribe(feedSubject('earnings', 'ledger', user), resolve)
  const { seq } = await store(ledgerOf(user), 1)
  const { headers } = await promise
  expect(headers).toMatchObject({ [HEADERS.n]: '1', 'nats-sequence': String(seq) })
  await feed.stop()
})

test('a forged sequence does not pass for the stream’s own', async () => {
  const user = newId('user')
  const edge = await mesh.brokerOf('edge')
  const { promise, resolve } = Promise.withResolvers<Message>()
  const feed = await edge.subscribe(feedSubject('earnings', 'ledger', user), resolve)
  const earningsBroker = await mesh.brokerOf('earnings')
  const { seq } = await earningsBroker.store(STREAM, ledgerOf(user), encodeJson({}), {
    id: newId('event'),
    headers: { 'Nats-Sequence': '999999' },
    deadline: soon(),
  })
  expect((await promise).headers['nats-sequence']).toBe(String(seq))
  await feed.stop()
})

test('stored events of one subject are read in pages, in order, from any place', async () => {
  const subject = ledgerOf(newId('user'))
  const places: number[] = []
  for (const n of [1, 2, 3, 4, 5]) places.push((await store(subject, n)).seq)
  const edge = await mesh.brokerOf('edge')
  const page = await edge.readStored(STREAM, subject, {
    seq: (places[0] ?? 0) + 1,
    max: 2,
    deadline: soon(),
  })
  expect(page.events.map(({ headers }) => headers[HEADERS.n])).toEqual(['2', '3'])
  expect(page.more).toBe(true)
  const rest = await edge.readStored(STREAM, subject, {
    seq: (places[2] ?? 0) + 1,
    max: 9,
    deadline: soon(),
  })
  expect(rest.events.map(({ headers }) => headers[HEADERS.n])).toEqual(['4', '5'])
  expect(rest.more).toBe(false)
})

test('where nothing is stored a read gives nothing', async () => {
  const edge = await mesh.brokerOf('edge')
  const nowhere = ledgerOf(newId('user'))
  expect(await edge.readStored(STREAM, nowhere, { seq: 1, max: 9, deadline: soon() })).toEqual({
    events: [],
    more: false,
  })
  expect(await edge.newestStored(STREAM, [nowhere], { seq: 1, deadline: soon() })).toEqual([])
})

test('a page is as large as it may be in bytes, and one event at least', async () => {
  const subject = ledgerOf(newId('user'))
  for (const n of [1, 2, 3]) await store(subject, n)
  const edge = await mesh.brokerOf('edge')
  const read = { seq: 1, max: 9, bytesMax: 1, deadline: soon() }
  const page = await edge.readStored(STREAM, subject, read)
  expect(page.events.map(({ headers }) => headers[HEADERS.n])).toEqual(['1'])
  expect(page.more).toBe(true)
})

test('of many subjects the newest events come in one read, as far as they are recent', async () => {
  const subjects = [1, 2, 3].map(() => ledgerOf(newId('user')))
  const [first = '', second = ''] = subjects
  const { seq } = await store(first, 1)
  await store(second, 1)
  await store(second, 2)
  const edge = await mesh.brokerOf('edge')
  const newest = async (from: number) =>
    (await edge.newestStored(STREAM, subjects, { seq: from, deadline: soon() })).map(
      ({ subject, headers }) => [subject, headers[HEADERS.n]],
    )
  expect(await newest(1)).toEqual([
    [first, '1'],
    [second, '2'],
  ])
  expect(await newest(seq + 1)).toEqual([[second, '2']])
})

test('the newest events come whole, however large they are together', async () => {
  const filler = 'x'.repeat(400_000)
  const subjects = [1, 2, 3, 4, 5].map(() => ledgerOf(newId('user')))
  const earningsBroker = await mesh.brokerOf('earnings')
  for (const subject of subjects) {
    const options = { id: newId('event'), headers: {}, deadline: soon() }
    await earningsBroker.store(STREAM, subject, encodeJson({ filler }), options)
  }
  const edge = await mesh.brokerOf('edge')
  const found = await edge.newestStored(STREAM, subjects, { seq: 1, deadline: soon() })
  expect(found.map(({ subject }) => subject)).toEqual(subjects)
})

test('a connection that is lost comes back and works on', async () => {
  const gateway = await mesh.brokerOf('gateway')
  const turns: boolean[] = []
  gateway.onConnection((connected) => turns.push(connected))
  await mesh.nats.kill()
  await expect.poll(() => turns).toEqual([false])
  const away = gateway.request('rpc.auth.challenge', new Uint8Array(), { deadline: soon() })
  await expect(away).rejects.toMatchObject({ fault: 'disconnected' })
  await mesh.nats.restart()
  await expect.poll(() => turns).toEqual([false, true])
  const asked = gateway.request('rpc.auth.challenge', new Uint8Array(), { deadline: soon() })
  await expect(asked).rejects.toMatchObject({ fault: 'no_responders' })
})
