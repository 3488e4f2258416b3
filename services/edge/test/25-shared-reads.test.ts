// Goal: clients that come back cost the broker little: what several need is read once, what was heard
// a moment ago is not read at all, and many subjects are checked by one read.
// Method: the edge's reads are counted at its broker port.
import { HEADERS, leaderElectedSubject, streamName } from '@meshboard/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { PROVISIONER } from '@meshboard/kit'
import { numbersOf, upTo } from './stalled.ts'
import type { TestKey } from './test-auth.ts'
import { type TestSocket, signedIn } from './test-socket.ts'
import { until } from './until.ts'

const LINGER_MS = 1_000

let mesh: EdgeMesh
/** Subjects whose pages were read, and how many subjects each look at the newest had. */
const reads = { pages: 0, looks: [] as number[] }
beforeAll(async () => {
  mesh = await EdgeMesh.start({
    EDGE_FEED_LINGER_MS: String(LINGER_MS),
    EDGE_POSITION_CHECK_MS: '600000',
    EDGE_USER_CONNECTIONS_MAX: '100',
  })
  mesh.answers['earnings.getSummary'] = () => ({})
  const { broker } = mesh.edge.runtime
  const readStored = broker.readStored.bind(broker)
  const newestStored = broker.newestStored.bind(broker)
  broker.readStored = (...asked) => {
    reads.pages += 1
    return readStored(...asked)
  }
  broker.newestStored = (...asked) => {
    reads.looks.push(asked[1].length)
    return newestStored(...asked)
  }
})
afterAll(() => mesh.stop())
beforeEach(async () => {
  await until(() => mesh.deps.hub.size === 0)
  Object.assign(reads, { pages: 0, looks: [] })
})

const subscribe = async (socket: TestSocket, since?: object) => {
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings', ...(since && { since }) })
  const { seq, n, epoch } = await socket.answer(1)
  return { seq, n, epoch }
}

const leave = async (key: TestKey) => {
  const socket = await signedIn(mesh, key)
  const place = await subscribe(socket)
  await socket.close()
  return place
}

test('what many clients of one channel have missed is read once', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const place = await leave(key)
  await until(() => mesh.deps.hub.size === 0)
  await Promise.all(upTo(100).map(() => ledger.credit()))
  const sockets = await Promise.all(upTo(30).map(() => signedIn(mesh, key)))
  reads.pages = 0
  await Promise.all(sockets.map((socket) => subscribe(socket, place)))
  for (const socket of sockets) expect(numbersOf(await socket.events(100))).toEqual(upTo(100))
  expect(reads.pages).toBeLessThanOrEqual(3)
  await Promise.all(sockets.map((socket) => socket.close()))
})

test('a client that was away for a moment gets what it missed without a read', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const place = await leave(key)
  for (let i = 0; i < 5; i += 1) await ledger.credit()
  const socket = await signedIn(mesh, key)
  await subscribe(socket, place)
  expect(numbersOf(await socket.events(5))).toEqual(upTo(5))
  expect(reads.pages).toBe(0)
  await socket.close()
})

test('many subjects are looked at together', async () => {
  const users = upTo(40).map(() => mesh.auth.enroll())
  const sockets = await Promise.all(users.map(({ key }) => signedIn(mesh, key)))
  await Promise.all(sockets.map((socket) => subscribe(socket)))
  expect(reads.looks.length).toBeLessThan(10)
  reads.looks = []
  for (const { plan } of mesh.deps.hub.feeds) {
    plan.end()
    plan.within(0)
  }
  await until(() => reads.looks.length > 0)
  await sleep(200)
  expect(reads.looks).toEqual([40])
  await Promise.all(sockets.map((socket) => socket.close()))
})

test('a look finds the lost copies of all the channels it is for, and of no other', async () => {
  const users = upTo(10).map(() => mesh.auth.enroll())
  const sockets = await Promise.all(users.map(({ key }) => signedIn(mesh, key)))
  await Promise.all(sockets.map((socket) => subscribe(socket)))
  const ledgers = await Promise.all(users.map(({ userId }) => mesh.ledger(userId)))
  await Promise.all(ledgers.map((ledger) => ledger.credit()))
  for (const socket of sockets) await socket.next('event')
  for (const { plan } of mesh.deps.hub.feeds) plan.end()
  mesh.loses = ({ headers }) => headers[HEADERS.n] === '2'
  await Promise.all(ledgers.slice(0, 5).map((ledger) => ledger.credit()))
  for (const { plan } of mesh.deps.hub.feeds) plan.within(0)
  for (const socket of sockets.slice(0, 5))
    expect(await socket.next('event')).toMatchObject({ n: 2 })
  expect(sockets.slice(5).flatMap(({ frames }) => frames.filter(({ n }) => n))).toEqual([])
  mesh.loses = () => false
  await Promise.all(sockets.map((socket) => socket.close()))
})

test('a new leader of a stream has its channels checked at once', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const socket = await signedIn(mesh, key)
  await subscribe(socket)
  for (const { plan } of mesh.deps.hub.feeds) plan.end()
  mesh.loses = () => true
  await ledger.credit()
  const broker = await mesh.brokerOf(PROVISIONER)
  await sleep(100)
  expect(socket.frames.filter(({ type }) => type === 'event')).toEqual([])
  broker.publish(leaderElectedSubject(streamName('earnings')), new Uint8Array())
  expect(await socket.next('event')).toMatchObject({ n: 1 })
  mesh.loses = () => false
  await socket.close()
})
