// Goal: what an operator is told of streams, consumers, the broker and ended sessions is so.
// Method: a service with events and a consumer on a real broker, which goes away and comes back.
import { DEAD_STREAM, earnings, failure, network, streamName } from '@meshboard/contracts'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningService, newId } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const { credited } = earnings.events
let mesh: TestMesh
let running: RunningService
let refuses = false

beforeAll(async () => {
  mesh = await startTestMesh()
  const handle = async () => {
    if (refuses) throw failure('invalid')
  }
  running = await mesh.start(fakeNetwork({ handle }))
})
afterAll(() => mesh.stop())

/** The value of a series; nothing when there is none. */
const measured = async (name: string, labels = ''): Promise<number | undefined> => {
  const text = await running.runtime.metrics.registry.metrics()
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`) && one.includes(labels))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

const deliver = () =>
  mesh.deliver(credited, {
    entry_id: newId('entry'),
    user_id: newId('user'),
    amount: '1.000000',
    source: 'network',
    balance: '1.000000',
    timestamp: new Date().toISOString(),
  })

test('the streams that a service writes to are measured, with what they may hold', async () => {
  for (const stream of [streamName(network.name), DEAD_STREAM.name]) {
    expect(await measured('mesh_stream_bytes', `stream="${stream}"`)).toBe(0)
    expect(await measured('mesh_stream_bytes_max', `stream="${stream}"`)).toBe(64 << 20)
  }
  expect(await measured('mesh_stream_bytes', streamName('earnings'))).toBeUndefined()
})

test('a dead letter is counted from 0 on, so that the first one is seen to rise', async () => {
  const permanent = 'consumer="addPointsOnCredited",kind="permanent"'
  expect(await measured('mesh_dead_letters_total', permanent)).toBe(0)
  expect(await measured('mesh_advisories_total', 'outcome="gone"')).toBe(0)
  await deliver()
  expect(await measured('mesh_dead_letters_total', permanent)).toBe(0)
  refuses = true
  await deliver()
  expect(await measured('mesh_dead_letters_total', permanent)).toBe(1)
  expect(await measured('mesh_consumer_lag_seconds', 'addPointsOnCredited')).toBe(0)
})

test('a broker that is away shows, and so does that it came back', async () => {
  expect(await measured('mesh_broker_connected')).toBe(1)
  await mesh.nats.kill()
  await until(async () => (await measured('mesh_broker_connected')) === 0)
  await mesh.nats.restart()
  await until(async () => (await measured('mesh_broker_connected')) === 1)
})

test('how old the word of ended sessions is grows while auth does not answer', async () => {
  const before = (await measured('mesh_revocations_age_seconds')) ?? Number.NaN
  await new Promise((resume) => setTimeout(resume, 50))
  expect(await measured('mesh_revocations_age_seconds')).toBeGreaterThan(before)
})
