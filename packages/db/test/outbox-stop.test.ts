// Goal: a relay that is told to stop sends what was committed before, and ends however busy others are.
// Method: one process relays, far from its database, and is stopped while another one commits.
// Shows: M2
import { setTimeout as sleep } from 'node:timers/promises'
import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import {
  StreamReader,
  type TcpProxy,
  type TestMesh,
  startProxy,
  startTestMesh,
  until,
} from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Deps, fakeNetwork, uptimeOf } from './fake-network.ts'

const { uptimeAccrued } = network.events
const users = Array.from({ length: 8 }, () => newId('user'))
const PAUSE_MS = 10
/** In that time somebody commits: whenever the relay looks, there is more. */
const AWAY_MS = 50
/** Far more than the last look needs. */
const ENDLESS_MS = 4_000
let mesh: TestMesh
let streams: StreamReader
let proxy: TcpProxy

beforeEach(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  proxy = await startProxy({ port: Number(databaseUrl().port) })
})
afterEach(async () => {
  await streams.close()
  await mesh.stop()
  await proxy.stop()
})

const databaseUrl = () => new URL(mesh.environmentOf('network')['DATABASE_URL'] ?? '')

const sentEvents = () => streams.read('EVT_NETWORK').catch(() => [])

test('a relay stops while others commit, with all sent that was committed before', async () => {
  const far = databaseUrl()
  far.host = `127.0.0.1:${proxy.port}`
  const relay = await mesh.start(fakeNetwork({}), { DATABASE_URL: far.href })
  const { database } = (await mesh.start(fakeNetwork({ relays: false }))).deps as Deps
  let committed = 0
  let isWriting = true
  const write = async (user: string) => {
    while (isWriting) {
      await database.transaction((tx) => tx.publish(uptimeAccrued, uptimeOf(user, 1)))
      committed += 1
      await sleep(PAUSE_MS)
    }
  }
  const writing = Promise.all(users.map(write))
  await until(async () => (await sentEvents()).length > 0)
  proxy.delay(AWAY_MS, 'up')
  // So that each of its questions goes the long way.
  await sleep(4 * AWAY_MS)
  const before = committed
  let isStopped = false
  const stopping = relay.stop().then(() => (isStopped = true))
  await until(() => isStopped, { ms: ENDLESS_MS, late: 'the relay went on' }).finally(
    () => (isWriting = false),
  )
  await Promise.all([stopping, writing])
  const sent = await sentEvents()
  expect(sent.length).toBeGreaterThanOrEqual(before)
  for (const user of users) {
    const numbers = sent.filter(({ subject }) => subject.endsWith(user)).map(({ n }) => n)
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, place) => place + 1))
  }
})

/** Several times what may be on its way at once. */
const MANY = 1_500

test('a relay that is stopped with more than one window to send sends all of it', async () => {
  const relay = await mesh.start(fakeNetwork({}))
  const { database } = relay.deps as Deps
  // From the first one on that is sent, it is this relay that leads.
  await database.transaction((tx) => tx.publish(uptimeAccrued, uptimeOf(users[0] ?? '', 1)))
  await until(async () => (await sentEvents()).length === 1)
  await database.transaction(async (tx) => {
    for (let count = 0; count < MANY; count += 1)
      await tx.publish(uptimeAccrued, uptimeOf(users[count % users.length] ?? '', 1))
  })
  await relay.stop()
  expect(await sentEvents()).toHaveLength(1 + MANY)
})

test('what is committed while a relay stops is sent by the one that stands by', async () => {
  const first = await mesh.start(fakeNetwork({}))
  const { database } = first.deps as Deps
  const commit = (user: string) =>
    database.transaction((tx) => tx.publish(uptimeAccrued, uptimeOf(user, 1)))
  await commit(users[0] ?? '')
  await until(async () => (await sentEvents()).length === 1)
  const second = await mesh.start(fakeNetwork({}))
  const other = (second.deps as Deps).database
  const stopping = first.stop()
  for (const user of users)
    await other.transaction((tx) => tx.publish(uptimeAccrued, uptimeOf(user, 1)))
  await stopping
  await until(async () => (await sentEvents()).length === users.length + 1)
})
