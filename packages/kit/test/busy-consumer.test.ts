// Goal: what a consumer depends on may be away, and it may be slow: nothing is lost, given up or piled up.
// Method: the real kit and broker; the test decides when the dependency answers and how long handling takes.
// Shows: M7, M9
import { setTimeout as sleep } from 'node:timers/promises'
import { DEAD_STREAM, earnings, failure } from '@meshboard/contracts'
import { StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningService, newId } from '../src/index.ts'
import { creditIn, creditOf, isFull, storeCredits } from './credits.ts'
import { fakeNetwork } from './fake-network.ts'

const EVENTS = isFull ? 1_000 : 200
const SLOW_MS = isFull ? 60 : 20
const AWAY_MS = isFull ? 60_000 : 1_500
const USERS = 50
const DURABLE = ['EVT_EARNINGS', 'network_addPointsOnCredited'] as const
let mesh: TestMesh
let streams: StreamReader

beforeEach(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
})
afterEach(async () => {
  await streams.close()
  await mesh.stop()
})

const metricOf = async ({ runtime }: RunningService, name: string): Promise<number> => {
  const text = await runtime.metrics.registry.metrics()
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`${name}{`) && one.includes('addPoints'))
  return Number(line?.split(' ').at(-1) ?? 'NaN')
}

const storeMany = async (): Promise<string[]> => {
  const users = Array.from({ length: USERS }, () => newId('user'))
  const credits = Array.from({ length: EVENTS }, (_, i) => creditOf(users[i % USERS] ?? ''))
  return storeCredits(mesh, credits, (place) => ({ n: 1 + Math.floor(place / USERS) }))
}

test(
  'while a dependency is away events wait in hand, in order; none is given up, all are done when it is back',
  async () => {
    let isAway = true
    const seen = new Map<string, number[]>()
    const handle = async (received: Parameters<typeof creditIn>[0]) => {
      if (isAway) throw failure('unavailable')
      const { user_id } = creditIn(received)
      seen.set(user_id, [...(seen.get(user_id) ?? []), received.n])
    }
    await storeMany()
    const running = await mesh.start(fakeNetwork({ handle }), { DELIVERY_ATTEMPTS_MAX: '2' })
    await sleep(AWAY_MS)
    await until(async () => (await metricOf(running, 'mesh_deliveries_held')) > 10)
    isAway = false
    await until(() => [...seen.values()].flat().length >= EVENTS, { ms: 40_000 })
    await mesh.settled()
    const inOrder = Array.from({ length: EVENTS / USERS }, (_, i) => i + 1)
    expect([...seen.values()]).toEqual(Array.from({ length: USERS }, () => inOrder))
    expect(await streams.read(DEAD_STREAM.name)).toEqual([])
    expect((await streams.durable(...DURABLE)).redelivered).toBe(0)
  },
  AWAY_MS + 60_000,
)

test('a consumer that is slower than its events come has a bounded number in hand, and its lag shows', async () => {
  let runs = 0
  let runsMost = 0
  const handle = async () => {
    runsMost = Math.max(runsMost, (runs += 1))
    await sleep(SLOW_MS)
    runs -= 1
  }
  const running = await mesh.start(fakeNetwork({ handle }), { DELIVERIES_IN_FLIGHT_MAX: '4' })
  await storeMany()
  let inHandMost = 0
  let lagMost = 0
  await until(
    async () => {
      const { pending, inHand } = await streams.durable(...DURABLE)
      inHandMost = Math.max(inHandMost, inHand)
      lagMost = Math.max(lagMost, await metricOf(running, 'mesh_consumer_pending'))
      return pending + inHand === 0
    },
    { ms: 60_000 },
  )
  expect(runsMost).toBe(4)
  // The broker may still have acknowledgements to read.
  expect(inHandMost).toBeLessThanOrEqual(2 * 16)
  expect(lagMost).toBeGreaterThan(EVENTS / 2)
  expect(await metricOf(running, 'mesh_consumer_pending')).toBe(0)
}, 90_000)

test('at a stop what is held goes back to the broker at once, and another process takes it', async () => {
  const handled: string[] = []
  const stuck = await mesh.start(
    fakeNetwork({ handle: () => Promise.reject(failure('unavailable')) }),
  )
  const id = await mesh.store(earnings.events.credited, creditOf(newId('user')))
  await until(async () => (await metricOf(stuck, 'mesh_deliveries_held')) === 1)
  await stuck.stop()
  await mesh.start(fakeNetwork({ handle: async (received) => void handled.push(received.id) }))
  await until(() => handled.length > 0, { ms: 5_000 })
  expect(handled).toEqual([id])
})
