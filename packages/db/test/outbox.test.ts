// Goal: no event is lost, none comes from a change that was rolled back, and each key is in order.
// Method: real Postgres and broker; the relay runs as in every service.
// Shows: M1 (part)
import { network } from '@meshboard/contracts'
import { type RunningService, newId } from '@meshboard/kit'
import { type TestMesh, StreamReader, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../src/index.ts'
import { type Deps, fakeNetwork, uptimeOf } from './fake-network.ts'

const { uptimeAccrued } = network.events
let mesh: TestMesh
let running: RunningService
let database: Database
let streams: StreamReader

beforeEach(async () => {
  mesh = await startTestMesh()
  running = await mesh.start(fakeNetwork({}))
  ;({ database } = running.deps as Deps)
  streams = await StreamReader.open(mesh.nats)
})
afterEach(async () => {
  await streams.close()
  await mesh.stop()
})

const raise = (users: readonly string[], accrual: number) =>
  database.transaction(async (tx) => {
    for (const user of users) await tx.publish(uptimeAccrued, uptimeOf(user, accrual))
  })

const leaders = async (): Promise<number> => {
  const { rows } = await mesh.admin.raw(
    `select count(*)::int as held from pg_locks
     where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows[0].held
}

const stored = async () => {
  await mesh.settled()
  return streams.read('EVT_NETWORK')
}

test('the events of a transaction are stored in order, numbered from 1 for each key', async () => {
  const [ann, bob] = [newId('user'), newId('user')]
  await raise([ann, bob, ann], 1)
  await raise([ann], 2)
  const events = await stored()
  const numbers = (user: string) => events.filter((e) => e.subject.endsWith(user)).map((e) => e.n)
  expect(numbers(ann)).toEqual([1, 2, 3])
  expect(numbers(bob)).toEqual([1])
})

test('what is rolled back raises nothing and leaves no hole', async () => {
  const ann = newId('user')
  const broken = database.transaction(async (tx) => {
    await tx.publish(uptimeAccrued, uptimeOf(ann, 1))
    throw new Error('changed my mind')
  })
  await expect(broken).rejects.toThrow('changed my mind')
  await raise([ann], 2)
  expect((await stored()).map(({ n, data }) => [n, (data as { accrual: number }).accrual])).toEqual(
    [[1, 2]],
  )
})

test('transactions that raise the same keys crosswise do not wait for each other for ever', async () => {
  const users = Array.from({ length: 4 }, () => newId('user'))
  const rounds = Array.from({ length: 40 }, (_, round) =>
    raise(round % 2 === 0 ? users : users.toReversed(), round + 1),
  )
  await Promise.all(rounds)
  expect(await stored()).toHaveLength(160)
  const { rows } = await mesh.admin.raw(
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  )
  expect(rows[0].deadlocks).toBe(0)
})

test('under many writers each key is stored in the order of its numbers, without a hole', async () => {
  const users = Array.from({ length: 5 }, () => newId('user'))
  const writing = Array.from({ length: 200 }, (_, i) => raise([users[i % 5] ?? ''], i + 1))
  await Promise.all(writing)
  const events = await stored()
  for (const user of users) {
    const numbers = events.filter((e) => e.subject.endsWith(user)).map((e) => e.n)
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  }
})

test('an event raised after its transaction has ended is refused, not forgotten', async () => {
  const tx = await database.transaction(async (kept) => kept)
  await expect(tx.publish(uptimeAccrued, uptimeOf(newId('user'), 1))).rejects.toThrow()
})

test('data against the contract is refused, and the change with it', async () => {
  const wrong = database.transaction((tx) =>
    tx.publish(uptimeAccrued, { ...uptimeOf(newId('user'), 1), online_ms: -1 }),
  )
  await expect(wrong).rejects.toThrow('uptimeAccrued was raised against its contract')
})

test('events raised while the broker is away follow when it is back', async () => {
  const ann = newId('user')
  await mesh.nats.kill()
  await raise([ann], 1)
  await raise([ann], 2)
  await mesh.nats.restart()
  expect((await stored()).map(({ n }) => n)).toEqual([1, 2])
})

test('of two processes of a service one relays, and the other when that has ended', async () => {
  const other = await mesh.start(fakeNetwork({}))
  await expect.poll(leaders).toBe(1)
  const ann = newId('user')
  for (const accrual of [1, 2, 3, 4, 5]) await raise([ann], accrual)
  expect((await stored()).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5])
  await running.stop()
  const { database: second } = other.deps as Deps
  await second.transaction((tx) => tx.publish(uptimeAccrued, uptimeOf(ann, 6)))
  expect((await stored()).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6])
})
