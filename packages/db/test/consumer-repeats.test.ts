// Goal: an event has its effect once, in whatever order, however often and however late it comes.
// Method: a consumer that notes its effects in a table; the test plays earnings and repeats itself.
// Shows: M3, M4
import { setTimeout as sleep } from 'node:timers/promises'
import { DEAD_STREAM, earnings } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { effectsIn, keepNewest, makeEffects, noting } from './effects.ts'
import { SEED, creditOf, fakeNetwork, isFull, seededRandom } from './fake-network.ts'

const { credited } = earnings.events
/** Longer than a stream of a test mesh knows an id. */
const FORGOTTEN_MS = 200
let mesh: TestMesh

beforeEach(async () => {
  mesh = await startTestMesh()
  await makeEffects(mesh)
  await mesh.brokerOf('earnings')
})
afterEach(() => mesh.stop())

const shuffled = <T>(items: readonly T[], random: () => number): T[] =>
  items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)

test('events that are stored three times, also after the broker has forgotten them, have one effect each', async () => {
  const events = Array.from({ length: isFull ? 5_000 : 200 }, () => ({
    id: newId('event'),
    credit: creditOf(newId('user')),
  }))
  await mesh.start(fakeNetwork({ consumers: [noting()] }))
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(events.map(({ id, credit }) => mesh.store(credited, credit, { id, n: 1 })))
    await sleep(FORGOTTEN_MS)
  }
  await mesh.settled({ ms: 120_000 })
  expect((await effectsIn(mesh)).toSorted()).toEqual(events.map(({ id }) => id).toSorted())
}, 300_000)

test(`a consumer that looks at the number ends in the same state out of order, late and repeated (seed ${SEED})`, async () => {
  const random = seededRandom()
  const users = Array.from({ length: 10 }, () => newId('user'))
  const perUser = isFull ? 1_000 : 30
  const events = users.flatMap((user) =>
    Array.from({ length: perUser }, (_, place) => ({
      credit: creditOf(user, `${place + 1}.000000`),
      given: { id: newId('event'), n: place + 1 },
    })),
  )
  await mesh.start(fakeNetwork({ consumers: [noting(keepNewest)] }))
  const late = shuffled(events, random)
  await Promise.all(late.map(({ credit, given }) => mesh.store(credited, credit, given)))
  await sleep(FORGOTTEN_MS)
  const again = shuffled(events, random).slice(0, events.length / 5)
  await Promise.all(again.map(({ credit, given }) => mesh.store(credited, credit, given)))
  await mesh.settled({ ms: 120_000 })
  const rows = await mesh.admin.withSchema('network').table('newest').select('user_id', 'amount')
  expect(new Map(rows.map(({ user_id, amount }) => [user_id, amount]))).toEqual(
    new Map(users.map((user) => [user, `${perUser}.000000`])),
  )
  expect(await effectsIn(mesh)).toHaveLength(events.length)
}, 300_000)

test('a handler that never ends takes no connection with it, and its change is not kept', async () => {
  let hanging = 0
  const hang = () => {
    hanging += 1
    return new Promise<void>(() => undefined)
  }
  await mesh.start(
    fakeNetwork({
      consumers: [
        noting(({ credit }) => (credit.amount === '2.000000' ? hang() : Promise.resolve())),
      ],
    }),
    {
      DATABASE_CONNECTIONS_MAX: '3',
      DELIVERY_TIMEOUT_MS: '300',
      DELIVERY_ATTEMPTS_MAX: '1',
    },
  )
  for (let i = 0; i < 6; i += 1) await mesh.store(credited, creditOf(newId('user'), '2.000000'))
  await mesh.settled()
  const id = await mesh.deliver(credited, creditOf(newId('user')))
  expect(hanging).toBeGreaterThan(0)
  expect(await effectsIn(mesh)).toEqual([id])
})

test('an event whose own statement takes too long each time is a dead letter', async () => {
  const slow = noting(async ({ tx }) => void (await tx.raw('select pg_sleep(60)')))
  const limits = { DATABASE_STATEMENT_TIMEOUT_MS: '100', DELIVERY_ATTEMPTS_MAX: '1' }
  await mesh.start(fakeNetwork({ consumers: [slow] }), limits)
  const streams = await StreamReader.open(mesh.nats)
  try {
    await mesh.store(credited, creditOf(newId('user')))
    await until(async () => (await streams.read(DEAD_STREAM.name)).length === 1)
    expect(await effectsIn(mesh)).toEqual([])
  } finally {
    await streams.close()
  }
})
