// Goal: every committed event comes into the stream exactly once, whatever its transaction overlaps with.
// Method: many writers whose transactions stay open for a random while, and some of which change their mind.
// Shows: M1
import { setTimeout as sleep } from 'node:timers/promises'
import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { StreamReader, type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SEED, type Deps, fakeNetwork, isFull, seededRandom, uptimeOf } from './fake-network.ts'

const TRANSACTIONS = isFull ? 20_000 : 1_000
const WRITERS = isFull ? 32 : 8
const OPEN_MS = isFull ? 500 : 30
let mesh: TestMesh
let streams: StreamReader

beforeAll(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
})
afterAll(async () => {
  await streams.close()
  await mesh.stop()
})

test(`of ${TRANSACTIONS} overlapping transactions each committed event is stored once, in the order of its key (seed ${SEED})`, async () => {
  const running = await mesh.start(fakeNetwork({}), {
    DATABASE_CONNECTIONS_MAX: String(WRITERS + 2),
  })
  const { database } = running.deps as Deps
  const random = seededRandom()
  const users = Array.from({ length: 3 * WRITERS }, () => newId('user'))
  const anybody = () => users[Math.floor(random() * users.length)] ?? ''
  let left = TRANSACTIONS
  const write = async () => {
    while ((left -= 1) >= 0) {
      const change = database.transaction(async (tx) => {
        await tx.publish(network.events.uptimeAccrued, uptimeOf(anybody(), 1))
        await sleep(random() * OPEN_MS)
        if (random() < 0.1) throw new Error('changed my mind')
      })
      await change.catch((error: Error) => expect(error.message).toBe('changed my mind'))
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  await mesh.settled()
  const rows = await mesh.admin.withSchema('network').table('outbox').orderBy('id').select('id')
  const events = await streams.read('EVT_NETWORK')
  const ids = events.map(({ headers }) => headers['Nats-Msg-Id'] ?? '')
  expect(ids.toSorted()).toEqual(rows.map(({ id }) => id))
  for (const user of users) {
    const numbers = events.filter(({ subject }) => subject.endsWith(user)).map(({ n }) => n)
    expect(numbers).toEqual(numbers.map((_, place) => place + 1))
  }
}, 600_000)
