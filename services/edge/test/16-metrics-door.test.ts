// Goal: /ws/metrics shows how good paths are, each to whom the contracts' table names, and nothing else.
// Method: a real edge and broker; samples said as network says them.
import { setTimeout as sleep } from 'node:timers/promises'
import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { Teller } from './teller.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

let mesh: EdgeMesh
let teller: Teller
const open: TestSocket[] = []
beforeAll(async () => {
  mesh = await EdgeMesh.start()
  teller = new Teller(mesh)
})
afterAll(() => mesh.stop())
afterEach(async () => {
  for (const socket of open.splice(0)) await socket.close()
})

/** A socket at the door, once it hears what it is to show. */
const watch = async (userId: string, { roles = ['user'], query = '' } = {}) => {
  const token = mesh.auth.token(userId, { roles })
  const socket = new TestSocket(mesh.url(`/ws/metrics?token=${token}${query}`), { protocols: [] })
  open.push(socket)
  await until(() => socket.websocket.readyState === socket.websocket.OPEN)
  await sleep(50)
  return socket
}

const METRICS = { latency_ms: 12, jitter_ms: 1.5, packet_loss_pct: 0, score: 97.5 }

const sample = (path_id = newId('connection'), metrics: object = METRICS) => ({
  timestamp: '2026-11-21T09:00:00.000Z',
  path_id,
  metrics: { ...METRICS, ...metrics },
})

const say = (userId: string, data = sample()) => teller.say(network.signals.sampled, userId, data)

test('a user is shown their own paths, byte for byte, without a word before', async () => {
  const userId = newId('user')
  const socket = await watch(userId)
  const data = sample('con_01m7ypdhrge8hafxde6dcny8p9', { bandwidth_mbps: 412.5 })
  await say(userId, data)
  expect(await until(() => socket.texts[0])).toBe(
    '{"type":"metrics","timestamp":"2026-11-21T09:00:00.000Z","path_id":"con_01m7ypdhrge8hafxde6dcny8p9","metrics":{"latency_ms":12,"jitter_ms":1.5,"packet_loss_pct":0,"score":97.5,"bandwidth_mbps":412.5}}',
  )
})

test('ping is answered with pong; whatever else is sent gets no answer and the socket stays', async () => {
  const userId = newId('user')
  const socket = await watch(userId)
  socket.send('hello', { type: 'auth', data: {} }, { type: 'subscribe', id: 1, channel: 'network' })
  socket.websocket.send(Buffer.from([1, 2, 3]))
  socket.send('ping')
  await until(() => socket.texts.length > 0)
  await say(userId)
  await until(() => socket.texts.length > 1)
  expect(socket.texts.map((text) => text.slice(0, 17))).toEqual(['pong', '{"type":"metrics"'])
  expect(socket.closed).toBeUndefined()
})

test('the paths of others are shown to analysts and admins, and to no user', async () => {
  const [ann, bob] = [newId('user'), newId('user')]
  const [user, analyst, admin] = [
    await watch(ann),
    await watch(ann, { roles: ['user', 'analyst'] }),
    await watch(ann, { roles: ['user', 'admin'] }),
  ]
  const [theirs, own] = [sample(), sample()]
  await say(bob, theirs)
  await say(ann, own)
  const paths = (socket: TestSocket) => socket.frames.map(({ path_id }) => path_id)
  for (const socket of [analyst, admin]) {
    await until(() => socket.frames.length === 2)
    expect(paths(socket)).toEqual([theirs.path_id, own.path_id])
    expect(socket.texts.join('')).not.toContain('usr_')
  }
  await until(() => user.frames.length > 0)
  expect(paths(user)).toEqual([own.path_id])
})

test('a query may name the paths to be shown', async () => {
  const userId = newId('user')
  const [one, other, third] = [sample(), sample(), sample()]
  const socket = await watch(userId, { query: `&path_id=${one.path_id},${third.path_id}` })
  const all = await watch(userId)
  for (const data of [one, other, third]) await say(userId, data)
  await until(() => all.frames.length === 3)
  await until(() => socket.frames.length === 2)
  expect(socket.frames.map(({ path_id }) => path_id)).toEqual([one.path_id, third.path_id])
})

test('a client that does not read is left out, not cut off, and shown the newest when it reads on', async () => {
  const userId = newId('user')
  const socket = await watch(userId)
  socket.websocket.pause()
  const told = 6_000
  const large = sample(newId('connection'), { filler: 'x'.repeat(2_000) })
  for (let n = 0; n < told; n += 1) {
    await say(userId, large)
    if (n % 500 === 0) await sleep(5)
  }
  socket.websocket.resume()
  const last = sample()
  await until(async () => {
    await say(userId, last)
    await sleep(20)
    return socket.frames.some(({ path_id }) => path_id === last.path_id)
  })
  expect(socket.closed).toBeUndefined()
  expect(socket.frames.length).toBeLessThan(told)
})
