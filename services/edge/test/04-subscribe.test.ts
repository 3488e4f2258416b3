import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HEADERS, eventSubject, failure, feedSubject, streamName } from '@meshboard/contracts'
import { encodeJson, newId } from '@meshboard/kit'
import { EdgeMesh } from './harness.ts'
import type { Ledger } from './ledger.ts'
import { until } from './until.ts'
import { type TestSocket, signedIn } from './test-socket.ts'

let mesh: EdgeMesh
let ledger: Ledger
let socket: TestSocket
let user: ReturnType<EdgeMesh['auth']['enroll']>
beforeAll(async () => {
  mesh = await EdgeMesh.start({
    EDGE_FEED_LINGER_MS: '100',
    EDGE_POSITION_CHECK_MS: '60000',
    EDGE_FRAME_OUT_BYTES_MAX: '8192',
  })
})
afterAll(() => mesh.stop())
beforeEach(async () => {
  user = mesh.auth.enroll()
  ledger = await mesh.ledger(user.userId)
  socket = await signedIn(mesh, user.key)
  return () => socket.close()
})

const subscribe = async (frame: object = {}, on = socket) => {
  on.send({ type: 'subscribe', id: 1, channel: 'earnings', ...frame })
  return on.answer(1)
}

test('a subscription says where the channel stands, and events follow', async () => {
  await ledger.credit()
  const seq = await ledger.credit()
  expect(await subscribe()).toEqual({
    type: 'subscribed',
    id: 1,
    channel: 'earnings',
    seq,
    n: 2,
    epoch: expect.stringMatching(/^[a-z0-9]{4,16}$/),
    resumed: false,
    replayed: 0,
  })
  const next = await ledger.credit()
  expect(await socket.next('event')).toEqual({
    type: 'event',
    channel: 'earnings',
    event: 'credited',
    seq: next,
    n: 3,
    time: expect.stringMatching(/Z$/),
    data: expect.objectContaining({ user_id: user.userId, amount: '0.986000' }),
  })
})

test('a channel without any event stands at the end of its stream', async () => {
  await (await mesh.ledger(newId('user'))).credit()
  const subscribed = await subscribe()
  expect(subscribed).toMatchObject({ n: 0, replayed: 0 })
  expect(subscribed['seq']).toBeGreaterThan(0)
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 1 })
})

test("nobody sees another user's events", async () => {
  await subscribe()
  await (await mesh.ledger(mesh.auth.enroll().userId)).credit()
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ data: { user_id: user.userId } })
})

test.each([
  ['no such channel', { channel: 'ledger' }, 'not_found'],
  ['a wildcard', { channel: 'earnings.>' }, 'not_found'],
  ['a subject', { channel: 'feed.earnings.ledger.*' }, 'not_found'],
  ['an inherited name', { channel: '__proto__' }, 'not_found'],
  ['parameters nobody declared', { params: { user: '*' } }, 'invalid'],
  ['a parameter that is a subject', { params: { key: 'usr_x.>' } }, 'invalid'],
  ['a filter nobody declared', { filter: { amount: '1' } }, 'invalid'],
  ['an id that is none', { since: { seq: -1, n: 0, epoch: 'x' } }, 'invalid'],
  ['a day that there is not', { since: { time: '2026-02-30T09:30:00.000Z' } }, 'invalid'],
  ['a month that there is not', { since: { time: '2026-13-01T09:30:00.000Z' } }, 'invalid'],
])('%s is refused before the broker sees anything', async (_what, frame, code) => {
  const broker = mesh.edge.runtime.broker
  const [subscribeThere, request] = [broker.subscribe, broker.request]
  let touched = 0
  broker.subscribe = (...args) => (touched++, subscribeThere.apply(broker, args))
  broker.request = (...args) => (touched++, request.apply(broker, args))
  expect(await subscribe(frame)).toMatchObject({ type: 'error', code })
  Object.assign(broker, { subscribe: subscribeThere, request })
  expect(touched).toBe(0)
})

test('the same channel twice on one socket is a conflict', async () => {
  await subscribe()
  expect(await subscribe()).toMatchObject({ type: 'error', code: 'conflict' })
})

test('after unsubscribe nothing comes, and the channel may be watched again', async () => {
  await subscribe()
  socket.send({ type: 'unsubscribe', id: 2, channel: 'earnings' })
  expect(await socket.answer(2)).toMatchObject({ type: 'unsubscribed', channel: 'earnings' })
  await ledger.credit()
  // The copy reaches the edge a moment after the stream has the event.
  const feed = mesh.deps.hub.feeds.find(({ source }) => source.key === user.userId)
  await until(() => feed?.place.n === 1)
  expect(await subscribe()).toMatchObject({ n: 1 })
  expect(socket.frames.filter(({ type }) => type === 'event')).toEqual([])
})

test('unsubscribing what is not watched is not_found', async () => {
  socket.send({ type: 'unsubscribe', id: 2, channel: 'earnings' })
  expect(await socket.answer(2)).toMatchObject({ code: 'not_found' })
})

test('a subscription that is taken back before it began ends with a conflict, not in silence', async () => {
  socket.send([
    { type: 'subscribe', id: 1, channel: 'earnings' },
    { type: 'unsubscribe', id: 2, channel: 'earnings' },
    { type: 'subscribe', id: 3, channel: 'earnings' },
  ])
  expect(await socket.answer(2)).toMatchObject({ type: 'unsubscribed' })
  expect(await socket.answer(1)).toMatchObject({ type: 'error', code: 'conflict' })
  expect(await socket.answer(3)).toMatchObject({ type: 'subscribed' })
})

test('a filter leaves events out and says how many', async () => {
  await subscribe({ filter: { source: 'bonus' } })
  await ledger.credit({ source: 'network' })
  await ledger.credit({ source: 'referral' })
  await ledger.credit({ source: 'bonus' })
  await ledger.credit({ source: 'bonus' })
  const [first, second] = await socket.events(2)
  expect(first).toMatchObject({ n: 3, skipped: 2 })
  expect(second).toMatchObject({ n: 4 })
  expect(second).not.toHaveProperty('skipped')
})

test('many sockets of one user share one subscription at the broker, which ends with the last', async () => {
  const others = await Promise.all([1, 2, 3].map(() => signedIn(mesh, user.key)))
  const all = [socket, ...others]
  await until(() => mesh.deps.hub.size === 0)
  const broker = mesh.edge.runtime.broker
  const subscribeThere = broker.subscribe
  const subjects: string[] = []
  broker.subscribe = (subject, listener) => {
    subjects.push(subject)
    return subscribeThere(subject, listener)
  }
  await Promise.all(all.map((one) => subscribe({}, one)))
  broker.subscribe = subscribeThere
  expect(subjects).toEqual([feedSubject('earnings', 'ledger', user.userId)])
  await ledger.credit()
  for (const one of all) expect(await one.next('event')).toMatchObject({ n: 1 })
  await Promise.all(others.map((one) => one.close()))
  await sleep(150)
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 2 })
  await socket.close()
  await until(() => mesh.deps.hub.size === 0)
})

test('what the payload holds is passed on byte for byte, unparsed', async () => {
  await subscribe()
  const broker = await mesh.brokerOf('earnings')
  const odd = '{ "b":1.0,  "a":"\\u00e9", "big":12345678901234567890 }'
  await broker.store(streamName('earnings'), ledger.subject, Buffer.from(odd), {
    id: newId('event'),
    headers: { [HEADERS.event]: 'earnings.credited', [HEADERS.n]: '1', [HEADERS.time]: 'now' },
    deadline: Date.now() + 2_000,
  })
  await socket.next('event')
  expect(socket.texts.at(-1)).toContain(`"data":${odd}}`)
})

test('an event that the broker lost on its way is read from the stream, in order', async () => {
  await subscribe()
  await ledger.credit()
  await socket.next('event')
  mesh.loses = ({ headers }) => headers['mesh-n'] === '2'
  await ledger.credit()
  await ledger.credit()
  await ledger.credit()
  expect((await socket.events(3)).map(({ n }) => n)).toEqual([2, 3, 4])
  mesh.loses = () => false
})

test('a lost last event is found by the check that follows a subscription', async () => {
  mesh.loses = () => true
  await subscribe()
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 1 })
  mesh.loses = () => false
})

test('an event the edge already has is not passed on again', async () => {
  await subscribe()
  await ledger.credit()
  await ledger.credit({ n: 1 })
  await ledger.credit({ n: 2 })
  await socket.events(2)
  await sleep(50)
  expect(socket.frames.filter(({ type }) => type === 'event')).toEqual([])
})

test('an event larger than a frame may be becomes a gap of one', async () => {
  await subscribe()
  await ledger.credit({ filler: 'x'.repeat(10_000) })
  await ledger.credit()
  expect(await socket.next('gap')).toMatchObject({ from: 1, to: 1, reason: 'unknown' })
  expect(await socket.next('event')).toMatchObject({ n: 2 })
})

test('a state channel begins with a snapshot, asked as the caller, from which it goes on', async () => {
  const asked: unknown[] = []
  mesh.answers['network.list'] = async ({ caller }) => {
    asked.push((caller as unknown as { userId: string }).userId)
    await sleep(50)
    return { connections: [] }
  }
  const broker = await mesh.brokerOf('network')
  const store = (n: number) =>
    broker.store(
      streamName('network'),
      eventSubject('network', 'connections', user.userId),
      encodeJson({ n }),
      {
        id: newId('event'),
        headers: { [HEADERS.event]: 'network.connected', [HEADERS.n]: String(n) },
        deadline: Date.now() + 2_000,
      },
    )
  const { seq } = await store(1)
  const answer = subscribe({ channel: 'network' })
  await until(() => asked.length === 1)
  await store(2)
  expect(await answer).toMatchObject({ seq, n: 1 })
  expect(await socket.next('snapshot')).toEqual({
    type: 'snapshot',
    channel: 'network',
    seq,
    data: { connections: [] },
    more: false,
  })
  expect(await socket.next('event')).toMatchObject({ n: 2, event: 'connected' })
  expect(asked).toEqual([user.userId])
  delete mesh.answers['network.list']
})

test('a state channel whose snapshot cannot be had is refused, and may be tried again', async () => {
  mesh.answers['network.list'] = () => {
    throw failure('overloaded')
  }
  expect(await subscribe({ channel: 'network' })).toMatchObject({ code: 'overloaded' })
  mesh.answers['network.list'] = () => ({ connections: [] })
  expect(await subscribe({ channel: 'network' })).toMatchObject({ type: 'subscribed' })
})

test("the edge's broker account reaches what it uses and nothing else", async () => {
  const broker = mesh.edge.runtime.broker
  const deadline = Date.now() + 1_000
  const refused = [
    eventSubject('earnings', 'ledger', user.userId),
    feedSubject('earnings', 'ledger', user.userId),
    'rpc.auth.register',
    '$JS.API.STREAM.INFO.EVT_EARNINGS',
    '$JS.API.STREAM.DELETE.EVT_EARNINGS',
  ]
  for (const subject of refused) {
    await expect(broker.request(subject, new Uint8Array(), { deadline })).rejects.toMatchObject({
      fault: 'forbidden',
    })
  }
})
