// Goal: a client that reads slowly costs a bounded number of bytes, loses nothing of a log, and slows
// nobody.
// Method: sockets that stop reading while more is published than the network takes in, and then read
// again; what waits for them at the edge is looked at every two milliseconds.
// Shows: W9
import { streamName } from '@meshboard/contracts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import type { Ledger } from './ledger.ts'
import { numbersOf, stalled, upTo } from './stalled.ts'
import { signedIn } from './test-socket.ts'
import { until } from './until.ts'

const isFull = process.env['MESH_TEST_FULL'] === '1'
const EVENTS = isFull ? 20_000 : 3_000
const FILLER = 'x'.repeat(isFull ? 1_000 : 4_000)
const HIGH_BYTES = 262_144
const FRAME_BYTES = 8_192

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_FEED_LINGER_MS: '0', EDGE_WRITE_DEADLINE_MS: '60000' })
  mesh.answers['earnings.getSummary'] = () => ({})
})
afterAll(() => mesh.stop())
afterEach(async () => {
  await until(() => mesh.deps.connections.size === 0)
  await mesh.expire(streamName('earnings'), 1)
})

const publish = async (ledger: Ledger, count: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += 100) {
    await Promise.all(
      upTo(Math.min(100, count - sent)).map(() => ledger.credit({ filler: FILLER })),
    )
  }
}

test('a log is complete and in order after its reader speeds up, its bytes stay bounded, and others get all of it meanwhile', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const slow = await stalled(mesh, key)
  const quick = await signedIn(mesh, key)
  quick.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  await quick.answer(1)
  await publish(ledger, EVENTS)
  await until(() => quick.frames.length >= EVENTS, 30_000)
  expect(numbersOf(await quick.events(EVENTS))).toEqual(upTo(EVENTS))
  expect(await mesh.metric('edge_lagging_subscriptions')).toBe(1)
  expect(await mesh.metric('edge_outbound_bytes')).toBeGreaterThan(HIGH_BYTES / 2)
  slow.speedUp()
  await until(() => slow.socket.frames.length >= EVENTS, 30_000)
  expect(numbersOf(await slow.socket.events(EVENTS))).toEqual(upTo(EVENTS))
  expect(slow.mostBytes()).toBeGreaterThan(HIGH_BYTES)
  expect(slow.mostBytes()).toBeLessThan(HIGH_BYTES + FRAME_BYTES)
  await ledger.credit()
  expect(await slow.socket.next('event')).toMatchObject({ n: EVENTS + 1 })
  expect(slow.socket.frames.filter(({ type }) => type !== 'ping')).toEqual([])
  expect(await mesh.metric('edge_spills_total')).toBeGreaterThan(0)
  await expect.poll(() => mesh.metric('edge_lagging_subscriptions')).toBe(0)
  await Promise.all([slow.socket.close(), quick.close()])
}, 60_000)

test('a reader in fits and starts gets a log whole and in order', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const slow = await stalled(mesh, key)
  let isReading = false
  const fits = setInterval(() => {
    isReading = !isReading
    if (isReading) slow.socket.websocket.resume()
    else slow.socket.websocket.pause()
  }, 20)
  await publish(ledger, EVENTS)
  await until(() => slow.socket.frames.length >= EVENTS, 30_000)
  clearInterval(fits)
  slow.speedUp()
  expect(numbersOf(await slow.socket.events(EVENTS))).toEqual(upTo(EVENTS))
  expect(slow.mostBytes()).toBeLessThan(HIGH_BYTES + FRAME_BYTES)
  await slow.socket.close()
}, 60_000)

test('a reader that is behind when its filter leaves events out is told of each', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const slow = await stalled(mesh, key)
  slow.speedUp()
  slow.socket.send({ type: 'unsubscribe', id: 2, channel: 'earnings' })
  await slow.socket.answer(2)
  const filter = { source: 'bonus' }
  slow.socket.send({ type: 'subscribe', id: 3, channel: 'earnings', filter })
  await slow.socket.answer(3)
  slow.socket.websocket.pause()
  for (let sent = 0; sent < EVENTS; sent += 100) {
    const sources = upTo(100).map((i) => (i % 4 === 0 ? 'network' : 'bonus'))
    await Promise.all(sources.map((source) => ledger.credit({ source, filler: FILLER })))
  }
  slow.speedUp()
  const shown = EVENTS * 0.75
  await until(() => slow.socket.frames.length >= shown, 30_000)
  const events = await slow.socket.events(shown)
  const last = events.map(({ n, skipped = 0 }) => n - skipped)
  expect(last).toEqual([
    1,
    ...numbersOf(events)
      .slice(0, -1)
      .map((n) => n + 1),
  ])
  await slow.socket.close()
}, 60_000)
