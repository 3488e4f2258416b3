// Shows: W11 (part)
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HEADERS, eventSubject, streamName } from '@meshboard/contracts'
import { encodeJson, newId } from '@meshboard/kit'
import { EdgeMesh } from './harness.ts'
import type { Ledger } from './ledger.ts'
import { until } from './until.ts'
import { type Frame, type TestSocket, signedIn } from './test-socket.ts'

const STREAM = streamName('earnings')

let mesh: EdgeMesh
let ledger: Ledger
let user: ReturnType<EdgeMesh['auth']['enroll']>
beforeAll(async () => {
  mesh = await EdgeMesh.start({
    EDGE_FEED_LINGER_MS: '0',
    EDGE_REPLAY_EVENTS_MAX: '500',
    EDGE_POSITION_CHECK_MS: '200',
  })
  mesh.answers['earnings.getSummary'] = ({ caller }) => ({
    user_id: (caller as unknown as { userId: string }).userId,
    balance: '7.000000',
    earned: { network: '7.000000', referral: '0.000000', bonus: '0.000000' },
    entries: 7,
  })
})
afterAll(() => mesh.stop())
beforeEach(async () => {
  user = mesh.auth.enroll()
  ledger = await mesh.ledger(user.userId)
})

const watch = async (frame: object = {}): Promise<{ socket: TestSocket; subscribed: Frame }> => {
  const socket = await signedIn(mesh, user.key)
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings', ...frame })
  return { socket, subscribed: await socket.answer(1) }
}

const numbers = (frames: Frame[]): number[] => frames.map(({ n }) => n)
const upTo = (count: number, from = 1): number[] =>
  Array.from({ length: count }, (_, i) => from + i)

/** Watches, then leaves; gives the position to come back with. */
const leave = async (): Promise<{ seq: number; n: number; epoch: string }> => {
  const { socket, subscribed } = await watch()
  await socket.close()
  return { seq: subscribed['seq'], n: subscribed['n'], epoch: subscribed['epoch'] }
}

test('a client that comes back gets exactly what it missed, behind its answer', async () => {
  await ledger.credit()
  const since = await leave()
  const seqs = [await ledger.credit(), await ledger.credit(), await ledger.credit()]
  const { socket, subscribed } = await watch({ since })
  expect(subscribed).toMatchObject({ resumed: true, replayed: 3, seq: seqs[2], n: 4 })
  const events = await socket.events(3)
  expect(events.map(({ seq, n }) => [seq, n])).toEqual(seqs.map((seq, i) => [seq, i + 2]))
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 5 })
  await socket.close()
})

test('a client that missed nothing is told so', async () => {
  await ledger.credit()
  const since = await leave()
  const { socket, subscribed } = await watch({ since })
  expect(subscribed).toMatchObject({ resumed: true, replayed: 0, n: 1, seq: since.seq })
  await socket.close()
})

test('a client that left before the first event gets it', async () => {
  const since = await leave()
  expect(since.n).toBe(0)
  await ledger.credit()
  const { socket, subscribed } = await watch({ since })
  expect(subscribed).toMatchObject({ resumed: true, replayed: 1 })
  expect(await socket.next('event')).toMatchObject({ n: 1 })
  await socket.close()
})

test('more than a page comes back whole and in order, while new events arrive', async () => {
  const since = await leave()
  for (let i = 0; i < 300; i += 1) await ledger.credit()
  const publishing = (async () => {
    for (let i = 0; i < 100; i += 1) await ledger.credit()
  })()
  const { socket } = await watch({ since })
  expect(numbers(await socket.events(400))).toEqual(upTo(400))
  await publishing
  await socket.close()
})

test('a filter holds for what was missed too', async () => {
  const since = await leave()
  for (const source of ['network', 'bonus', 'network', 'network', 'bonus']) {
    await ledger.credit({ source })
  }
  const { socket } = await watch({ since, filter: { source: 'bonus' } })
  const events = await socket.events(2)
  expect(events).toMatchObject([
    { n: 2, skipped: 1 },
    { n: 5, skipped: 2 },
  ])
  await socket.close()
})

test('the last few come on request, or as many as there are', async () => {
  for (let i = 0; i < 10; i += 1) {
    await ledger.credit()
    await (await mesh.ledger(newId('user'))).credit()
  }
  const few = await watch({ since: { last: 3 } })
  expect(few.subscribed).toMatchObject({ resumed: false, replayed: 3, n: 10 })
  expect(numbers(await few.socket.events(3))).toEqual([8, 9, 10])
  const all = await watch({ since: { last: 100 } })
  expect(numbers(await all.socket.events(10))).toEqual(upTo(10))
  await Promise.all([few.socket.close(), all.socket.close()])
})

test('what was stored since a time comes on request', async () => {
  for (let i = 0; i < 5; i += 1) await ledger.credit()
  await sleep(30)
  const time = new Date().toISOString()
  await sleep(30)
  for (let i = 0; i < 4; i += 1) await ledger.credit()
  const { socket, subscribed } = await watch({ since: { time } })
  expect(subscribed).toMatchObject({ replayed: 4, n: 9 })
  expect(numbers(await socket.events(4))).toEqual([6, 7, 8, 9])
  await socket.close()
})

test('too much to replay is a gap, and a snapshot stands for it', async () => {
  const since = await leave()
  await Promise.all(upTo(501).map(() => ledger.credit()))
  const { socket, subscribed } = await watch({ since })
  expect(subscribed).toMatchObject({ resumed: false, replayed: 0, n: 501 })
  expect(await socket.next('gap')).toMatchObject({ from: 1, to: 501, reason: 'too_far' })
  expect(await socket.next('snapshot')).toMatchObject({
    seq: subscribed['seq'],
    data: { balance: '7.000000', user_id: user.userId },
  })
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 502 })
  await socket.close()
})

test('what the stream no longer has is a gap, and what it still has comes behind it', async () => {
  await ledger.credit()
  const since = await leave()
  for (let i = 0; i < 6; i += 1) await ledger.credit()
  await mesh.expire(STREAM, 2)
  const { socket, subscribed } = await watch({ since })
  expect(subscribed).toMatchObject({ resumed: false, replayed: 2, n: 7 })
  expect(await socket.next('gap')).toMatchObject({ from: 2, to: 5, reason: 'expired' })
  await socket.next('snapshot')
  expect(numbers(await socket.events(2))).toEqual([6, 7])
  await socket.close()
})

test('a quiet client whose events all expired has missed nothing', async () => {
  await ledger.credit()
  await ledger.credit()
  const stranger = await mesh.ledger(newId('user'))
  await stranger.credit()
  const before = await leave()
  const { last_seq: seq } = (await mesh.api(`INFO.${STREAM}`)).state
  await mesh.expire(STREAM, 1)
  const { socket, subscribed } = await watch({ since: { ...before, seq } })
  expect(subscribed).toMatchObject({ resumed: true, replayed: 0, n: 2 })
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 3 })
  await socket.close()
})

test('a client that never saw a number goes on with whichever comes first, without a gap', async () => {
  await ledger.credit()
  await ledger.credit()
  await (await mesh.ledger(newId('user'))).credit()
  await mesh.expire(STREAM, 1)
  await sleep(300)
  await mesh.deps.states.now('earnings')
  const since = await leave()
  expect(since.n).toBe(0)
  await ledger.credit()
  const { socket, subscribed } = await watch({ since })
  expect(subscribed).toMatchObject({ resumed: true, replayed: 1, n: 3 })
  expect(await socket.next('event')).toMatchObject({ n: 3 })
  await socket.close()
})

test('a position beyond the end of the channel is answered with a gap, not with silence', async () => {
  const seq = await ledger.credit()
  const { epoch } = await leave()
  const { socket, subscribed } = await watch({ since: { seq: seq + 10, n: 99, epoch } })
  expect(subscribed).toMatchObject({ resumed: false, n: 1 })
  expect(await socket.next('gap')).toMatchObject({ reason: 'unknown' })
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 2 })
  await socket.close()
})

test('a hole nobody can fill is a gap, for those who watch and those who come back', async () => {
  const since = await leave()
  const { socket } = await watch()
  await ledger.credit()
  await ledger.credit({ n: 4 })
  expect(await socket.next('event')).toMatchObject({ n: 1 })
  const coming = watch({ since })
  expect(await socket.next('gap')).toMatchObject({ from: 2, to: 3, reason: 'unknown' })
  await socket.next('snapshot')
  expect(await socket.next('event')).toMatchObject({ n: 4 })
  const back = await coming
  expect(numbers(await back.socket.events(2))).toEqual([1, 4])
  expect(await back.socket.next('gap')).toMatchObject({ from: 2, to: 3 })
  await Promise.all([socket.close(), back.socket.close()])
})

test('a client may come back while the service that owns the channel is away', async () => {
  await ledger.credit()
  const since = await leave()
  await ledger.credit()
  await mesh.stopService('earnings')
  // Longer than a look at the stream is shared.
  await sleep(1_050)
  const { socket, subscribed } = await watch({ since })
  expect(subscribed).toMatchObject({ resumed: true, replayed: 1 })
  await mesh.startService('earnings')
  await socket.close()
})

test('events arrive at a state channel as in a log while its client is there', async () => {
  mesh.answers['network.list'] = () => ({ connections: [] })
  const socket = await signedIn(mesh, user.key)
  socket.send({ type: 'subscribe', id: 1, channel: 'network' })
  const { seq, n, epoch } = await socket.answer(1)
  await socket.close()
  const broker = await mesh.brokerOf('network')
  const subject = eventSubject('network', 'connections', user.userId)
  for (const number of [1, 2]) {
    await broker.store(streamName('network'), subject, encodeJson({}), {
      id: newId('event'),
      headers: { [HEADERS.event]: 'network.connected', [HEADERS.n]: String(number) },
      deadline: Date.now() + 2_000,
    })
  }
  const back = await signedIn(mesh, user.key)
  back.send({ type: 'subscribe', id: 1, channel: 'network', since: { seq, n, epoch } })
  expect(await back.answer(1)).toMatchObject({ resumed: true, replayed: 2 })
  expect(numbers(await back.events(2))).toEqual([1, 2])
  await back.close()
})

test('a stream made anew is a gap for who comes back and for who watches', async () => {
  await ledger.credit()
  await ledger.credit()
  const since = await leave()
  const { socket } = await watch()
  await mesh.recreate(STREAM)
  ledger.n = 0
  await ledger.credit()
  expect(await socket.next('gap')).toMatchObject({ reason: 'epoch' })
  await ledger.credit()
  await until(() => socket.frames.some(({ type, n }) => type === 'event' && n === 2))
  const back = await watch({ since })
  expect(back.subscribed).toMatchObject({ resumed: false, n: 2 })
  expect(back.subscribed['epoch']).not.toBe(since.epoch)
  expect(await back.socket.next('gap')).toMatchObject({ reason: 'epoch' })
  await Promise.all([socket.close(), back.socket.close()])
})
