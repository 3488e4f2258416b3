// Goal: an event that the stream refuses for good holds up its own key, and nothing else.
// Method: an outbox row is made larger than the broker takes while that is away.
import { network } from '@meshboard/contracts'
import { type RunningService, newId } from '@meshboard/kit'
import { StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../src/index.ts'
import { WINDOW } from '../src/outbox-sender.ts'
import { type Deps, fakeNetwork, uptimeOf } from './fake-network.ts'

let mesh: TestMesh
let streams: StreamReader
let running: RunningService
let database: Database

beforeEach(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  running = await mesh.start(fakeNetwork({}))
  ;({ database } = running.deps as Deps)
})
afterEach(async () => {
  await streams.close()
  await mesh.stop()
})

const raise = (user: string, count: number) =>
  database.transaction(async (tx) => {
    for (let i = 0; i < count; i += 1)
      await tx.publish(network.events.uptimeAccrued, uptimeOf(user, 1))
  })

const metricOf = async (name: string): Promise<number> => {
  const text = await running.runtime.metrics.registry.metrics()
  return Number(new RegExp(`^${name}{.*} (\\S+)$`, 'm').exec(text)?.[1])
}

const storedFor = async (user: string) => {
  const events = await streams.read('EVT_NETWORK').catch(() => [])
  return events.filter(({ subject }) => subject.endsWith(user)).map(({ n }) => n)
}

test('while more than a window of one key waits behind a refused event, other keys go on', async () => {
  const [ann, bob] = [newId('user'), newId('user')]
  const outbox = () => mesh.admin.withSchema('network').table('outbox')
  await mesh.nats.kill()
  await raise(ann, WINDOW + 100)
  const [first] = await outbox().where({ key: ann, n: 1 }).select('payload')
  await outbox()
    .where({ key: ann, n: 1 })
    .update({ payload: Buffer.alloc(2 << 20) })
  await raise(bob, 3)
  await mesh.nats.restart()
  await until(async () => (await storedFor(bob)).length === 3)
  await raise(bob, 1)
  await until(async () => (await storedFor(bob)).length === 4)
  expect(await storedFor(ann)).toEqual([])
  expect(await metricOf('mesh_outbox_held_keys')).toBe(1)
  await until(async () => (await metricOf('mesh_outbox_unsent')) === WINDOW + 100)
  expect(await metricOf('mesh_outbox_oldest_unsent_seconds')).toBeGreaterThan(0)
  await outbox().where({ key: ann, n: 1 }).update({ payload: first.payload })
  await mesh.settled()
  expect(await storedFor(ann)).toEqual(Array.from({ length: WINDOW + 100 }, (_, i) => i + 1))
  expect(await metricOf('mesh_outbox_held_keys')).toBe(0)
})

test('a process that relays no more says of no key that it is held', async () => {
  const ann = newId('user')
  await mesh.nats.kill()
  await raise(ann, 1)
  const outbox = mesh.admin.withSchema('network').table('outbox')
  await outbox.update({ payload: Buffer.alloc(2 << 20) })
  await mesh.nats.restart()
  await until(async () => (await metricOf('mesh_outbox_held_keys')) === 1)
  await running.stop()
  expect(await metricOf('mesh_outbox_held_keys')).toBe(0)
})

test('a stream that is full loses nothing: events wait in the outbox until it has room', async () => {
  const ann = newId('user')
  await streams.changeStream('EVT_NETWORK', { bytesMax: 2_000 })
  await raise(ann, 20)
  await until(async () => (await metricOf('mesh_outbox_unsent')) > 0)
  const before = await storedFor(ann)
  expect(before.length).toBeLessThan(20)
  await streams.changeStream('EVT_NETWORK', { bytesMax: 1 << 20 })
  await mesh.settled()
  expect(await storedFor(ann)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})
