// Goal: what becomes of an event whose handling fails, and of one that is not what it says.
// Method: the real kit and broker; the test plays earnings and decides what the consumer does.
// Shows: M6 (part), M7 (part)
import {
  DEAD_STREAM,
  type EventDeclaration,
  HEADERS,
  earnings,
  eventSubject,
  failure,
  streamName,
} from '@meshboard/contracts'
import { StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Received, encodeJson, newId } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const { credited } = earnings.events
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

const credit = (user: string) => ({
  entry_id: newId('entry'),
  user_id: user,
  amount: '1.000000',
  source: 'network' as const,
  balance: '1.000000',
  timestamp: new Date().toISOString(),
})

const consuming = (
  handle: (received: Received<EventDeclaration>) => Promise<void>,
  env: Record<string, string> = {},
) => mesh.start(fakeNetwork({ handle }), env)

const dead = async () => (await streams.read(DEAD_STREAM.name)).length

test('events of one key are handled in order, each once when nothing fails', async () => {
  const user = newId('user')
  for (const n of [1, 2, 3]) await mesh.deliver(credited, credit(user), { n })
  const seen: number[] = []
  await consuming(async ({ n }) => {
    await new Promise((resume) => setTimeout(resume, 20 * (4 - n)))
    seen.push(n)
  })
  await mesh.settled()
  expect(seen).toEqual([1, 2, 3])
})

test('a failing delivery comes again after a delay, and then counts', async () => {
  const at: number[] = []
  await consuming(async () => {
    at.push(Date.now())
    if (at.length === 1) throw new Error('not yet')
  })
  await mesh.deliver(credited, credit(newId('user')))
  expect(at).toHaveLength(2)
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(500)
  expect(await dead()).toBe(0)
})

test('no more deliveries are in hand at a time than a consumer may have', async () => {
  for (let i = 0; i < 60; i += 1) await mesh.deliver(credited, credit(newId('user')))
  let inHand = 0
  let most = 0
  await consuming(async () => {
    most = Math.max(most, (inHand += 1))
    await new Promise((resume) => setTimeout(resume, 20))
    inHand -= 1
  })
  await mesh.settled()
  expect(most).toBe(16)
})

test('an event that is failed at again and again is a dead letter, with its id and the reason', async () => {
  await consuming(() => Promise.reject(new Error('does not add up')), {
    DELIVERY_ATTEMPTS_MAX: '2',
  })
  const id = await mesh.deliver(credited, credit(newId('user')))
  const [letter] = await streams.read(DEAD_STREAM.name)
  expect(letter?.subject).toBe('dead.network.addPointsOnCredited')
  expect(letter?.headers).toMatchObject({
    'mesh-dead-id': id,
    'mesh-dead-reason': 'does not add up',
    'mesh-dead-attempt': '2',
  })
})

test('what somebody else’s absence holds up is never a dead letter', async () => {
  let tries = 0
  const handle = async () => {
    if ((tries += 1) < 4) throw failure('unavailable')
  }
  await consuming(handle, { DELIVERY_ATTEMPTS_MAX: '2' })
  await mesh.deliver(credited, credit(newId('user')))
  expect(tries).toBe(4)
  expect(await dead()).toBe(0)
})

test('an event whose key is not that of its subject is a dead letter at once', async () => {
  let handled = 0
  await consuming(async () => void (handled += 1))
  await store(eventSubject('earnings', 'ledger', newId('user')), credit(newId('user')))
  await until(async () => (await dead()) === 1)
  expect(handled).toBe(0)
})

test('an event that cannot be read is a dead letter at once, and its neighbour is not held up', async () => {
  const seen: string[] = []
  await consuming(async ({ id }) => void seen.push(id))
  const user = newId('user')
  await store(eventSubject('earnings', 'ledger', user), { nonsense: true })
  const id = await mesh.deliver(credited, credit(user), { n: 2 })
  expect(seen).toEqual([id])
  expect(await dead()).toBe(1)
})

test('an event of another name in the topic is passed over', async () => {
  let handled = 0
  await consuming(async () => void (handled += 1))
  await store(eventSubject('earnings', 'ledger', newId('user')), {}, 'earnings.reversed')
  await mesh.settled()
  expect(handled).toBe(0)
  expect(await dead()).toBe(0)
})

const store = async (subject: string, data: unknown, name: string = credited.name) => {
  const broker = await mesh.brokerOf('earnings')
  await broker.store(streamName('earnings'), subject, encodeJson(data), {
    id: newId('event'),
    headers: { [HEADERS.event]: name, [HEADERS.n]: '1' },
    deadline: Date.now() + 2_000,
  })
}

test('a handler that never ends holds up a stop for its grace, and no longer', async () => {
  let begun = false
  const running = await consuming(
    () => {
      begun = true
      return new Promise(() => undefined)
    },
    { STOP_GRACE_MS: '200' },
  )
  await mesh.store(credited, credit(newId('user')))
  await expect.poll(() => begun).toBe(true)
  const stopping = performance.now()
  await running.stop()
  expect(performance.now() - stopping).toBeLessThan(5_000)
  await streams.changeDurable('EVT_EARNINGS', 'network_addPointsOnCredited', { ackWaitMs: 100 })
  await consuming(async () => undefined)
})
