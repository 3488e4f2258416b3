// Goal: a client that is behind gets of a `state` channel the newest of each key, and of a `live`
// channel what came last, with a word about how much is missing.
// Method: sockets that stop reading while more is published than the network takes in, and then read
// again. No contract has a `live` channel yet: here the notifications are made one.
import { network, notification, streamName } from '@meshboard/contracts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { Publisher } from './publish.ts'
import { numbersOf, stalled, upTo } from './stalled.ts'
import { until } from './until.ts'

const EVENTS = process.env['MESH_TEST_FULL'] === '1' ? 5_000 : 1_500
const FILLER = 'x'.repeat(8_000)

let mesh: EdgeMesh
const { notifications } = notification.channels
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_FEED_LINGER_MS: '0', EDGE_WRITE_DEADLINE_MS: '60000' })
  mesh.answers['network.list'] = () => ({ connections: [] })
  Object.assign(notifications, { class: 'live' })
})
afterAll(async () => {
  Object.assign(notifications, { class: 'log' })
  await mesh.stop()
})
afterEach(async () => {
  await until(() => mesh.deps.connections.size === 0)
  await mesh.expire(streamName('network'), 1)
})

const connections = async (keys: number) => {
  const { key, userId } = mesh.auth.enroll()
  const publisher = new Publisher(
    await mesh.brokerOf('network'),
    network.events.scoreChanged,
    userId,
  )
  const publish = async (count: number) => {
    for (let sent = 0; sent < count; sent += 50) {
      const some = upTo(50).map((i) => (sent + i) % keys)
      await Promise.all(some.map((id) => publisher.next({ id, filler: FILLER }, String(id))))
    }
  }
  return { key, publish }
}

test('a state channel converges to the newest of each key, in order, without the older ones', async () => {
  const { key, publish } = await connections(5)
  const slow = await stalled(mesh, key, 'network')
  await publish(EVENTS)
  slow.speedUp()
  const { frames } = slow.socket
  await until(() => frames.some(({ n }) => n === EVENTS), 20_000)
  expect(frames.some(({ type }) => type === 'gap' || type === 'unsubscribed')).toBe(false)
  const events = frames.filter(({ type }) => type === 'event')
  expect(events.length).toBeLessThan(EVENTS)
  expect(numbersOf(events)).toEqual(numbersOf(events).toSorted((a, b) => a - b))
  const newest = new Map(events.map(({ data, n }) => [data.id, n]))
  expect([...newest.values()].toSorted((a, b) => a - b)).toEqual(upTo(5).map((i) => EVENTS - 5 + i))
  expect(await mesh.metric('edge_events_left_out_total')).toBe(EVENTS - events.length)
  expect(await mesh.metric('edge_spills_total')).toBe(0)
  await publish(50)
  await until(() => frames.some(({ n }) => n === EVENTS + 50))
  await slow.socket.close()
}, 40_000)

test('a state channel of more keys than may wait goes on from the stream, and converges too', async () => {
  const keys = 500
  const { key, publish } = await connections(keys)
  const slow = await stalled(mesh, key, 'network')
  await publish(EVENTS)
  expect(await mesh.metric('edge_spills_total')).toBeGreaterThan(0)
  slow.speedUp()
  const { frames } = slow.socket
  await until(() => frames.some(({ n }) => n === EVENTS), 20_000)
  const events = frames.filter(({ type }) => type === 'event')
  expect(numbersOf(events)).toEqual([...new Set(numbersOf(events))].toSorted((a, b) => a - b))
  const newest = new Map(events.map(({ data, n }) => [data.id, n]))
  expect([...newest.values()].toSorted((a, b) => a - b)).toEqual(
    upTo(keys).map((i) => EVENTS - keys + i),
  )
  expect(slow.mostBytes()).toBeLessThan(2 * 262_144 + 2 * 8_192)
  await slow.socket.close()
}, 40_000)

test('a live channel drops the oldest and says how many', async () => {
  const { key, userId } = mesh.auth.enroll()
  const broker = await mesh.brokerOf('notification')
  const publisher = new Publisher(broker, notification.events.created, userId)
  const slow = await stalled(mesh, key, 'notifications')
  for (let sent = 0; sent < EVENTS; sent += 50) {
    await Promise.all(upTo(50).map(() => publisher.next({ filler: FILLER })))
  }
  slow.speedUp()
  const { frames } = slow.socket
  await until(() => frames.some(({ n }) => n === EVENTS), 20_000)
  const warnings = frames.filter(({ type }) => type === 'warning')
  expect(warnings.length).toBeGreaterThan(0)
  for (const warning of warnings) {
    expect(warning).toMatchObject({ code: 'slow', details: { channel: 'notifications' } })
  }
  // Each stands in for the events that are missing right where it is.
  let n = 0
  for (const { type, details, n: number } of frames) {
    if (type === 'warning') n += details.dropped
    if (type === 'event') expect(number).toBe((n += 1))
  }
  expect(slow.mostBytes()).toBeLessThan(2 * 262_144 + 2 * 8_192)
  await publisher.next({})
  expect(await until(() => frames.find((frame) => frame['n'] === EVENTS + 1))).toBeDefined()
  await slow.socket.close()
}, 40_000)
