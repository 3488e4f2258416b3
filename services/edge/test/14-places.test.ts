// Goal: how many sockets a user, an address and strangers may have, over all edges.
// Method: two real edges on one Redis, which a test can take away.
import { createMetrics, openRedis, processEnvironment, startService } from '@meshboard/kit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Deps } from '../src/deps.ts'
import { service as edge } from '../src/index.ts'
import { EdgeMesh } from './harness.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const redisUrl = processEnvironment()['MESH_TEST_REDIS_URL']
const sockets: TestSocket[] = []
let mesh: EdgeMesh
let other: Awaited<ReturnType<typeof startService>>

beforeAll(async () => {
  const env = {
    EDGE_USER_CONNECTIONS_MAX: '4',
    EDGE_STRANGERS_MAX: '5',
    EDGE_TICKET_SECRET: 'shared',
    ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
  }
  mesh = await EdgeMesh.start(env)
  const beside = { ...mesh.environmentOf('edge'), EDGE_PORT: '0', EDGE_DRAIN_MS: '0', ...env }
  other = await startService(edge, beside)
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.close()
  const all = [mesh.deps, other.deps as Deps]
  await until(() => all.every(({ connections }) => connections.size === 0))
})
afterAll(async () => {
  await other.stop()
  await mesh.stop()
})

const urlOf = (deps: Deps) => `ws://127.0.0.1:${deps.port}/ws/v1`

const opened = (deps: Deps, address = '192.0.2.1'): TestSocket => {
  const socket = new TestSocket(urlOf(deps), { headers: { 'x-forwarded-for': address } })
  sockets.push(socket)
  return socket
}

const signedInBy = async (deps: Deps, hello: object): Promise<TestSocket> => {
  const socket = opened(deps)
  await socket.next('welcome')
  socket.send({ type: 'hello', ...hello })
  return socket
}

describe.skipIf(redisUrl === undefined)('over two edges (needs redis-server)', () => {
  test('a user has so many sockets over all edges, and the next is closed with 4400', async () => {
    const { userId } = mesh.auth.enroll()
    const token = mesh.auth.token(userId)
    for (const deps of [mesh.deps, other.deps as Deps, mesh.deps, other.deps as Deps])
      await (await signedInBy(deps, { token })).next('auth_success')
    const fifth = await signedInBy(mesh.deps, { token })
    expect(await fifth.ended()).toMatchObject({ code: 4400 })
    const stranger = mesh.auth.enroll()
    const another = await signedInBy(mesh.deps, { token: mesh.auth.token(stranger.userId) })
    await another.next('auth_success')
  })

  test('a socket that leaves makes room, and one that comes by its ticket takes its own place', async () => {
    const { userId } = mesh.auth.enroll()
    const token = mesh.auth.token(userId)
    const four = []
    for (let i = 0; i < 4; i += 1) four.push(await signedInBy(mesh.deps, { token }))
    const [{ ticket } = {}] = await Promise.all(four.map((one) => one.next('auth_success')))
    await (await signedInBy(other.deps as Deps, { ticket })).next('auth_success')
    expect(await (await signedInBy(mesh.deps, { token })).ended()).toMatchObject({ code: 4400 })
    await four[1]?.close()
    const next = async () => {
      const socket = await signedInBy(mesh.deps, { token })
      return until(() => socket.closed ?? socket.frames.find(({ type }) => type === 'auth_success'))
    }
    await until(async () => 'type' in (await next()))
  })

  test('an edge that died holds a place for no longer than two minutes', async () => {
    const { userId } = mesh.auth.enroll()
    const redis = await openRedis(redisUrl ?? '', {
      registry: createMetrics('test').registry,
      onFault: () => undefined,
      onWarning: () => undefined,
    })
    const socketId = 'of a process that is gone'
    await mesh.deps.places.enter({ userId, socketId })
    expect(await redis.client.pttl(`places:${userId}`)).toBeLessThanOrEqual(120_000)
    const score = await redis.client.zscore(`places:${userId}`, socketId)
    expect(Number(score) - Date.now()).toBeLessThanOrEqual(121_000)
    await redis.close()
  })
})

test('strangers have a bounded number of places, and signing in gives one back', async () => {
  const four = Array.from({ length: 5 }, () => opened(mesh.deps))
  await Promise.all(four.map((socket) => socket.next('welcome')))
  const refused = opened(mesh.deps)
  expect(await until(() => refused.refused)).toMatchObject({ status: 503 })
  const { userId } = mesh.auth.enroll()
  four[0]?.send({ type: 'hello', token: mesh.auth.token(userId) })
  await four[0]?.next('auth_success')
  await opened(mesh.deps).next('welcome')
})

test('an address whose logins come to nothing is refused with 429, and others are not', async () => {
  await mesh.edge.stop()
  await mesh.startEdge({
    EDGE_ATTEMPTS_MAX: '3',
    EDGE_TRUSTED_HOPS: '1',
    EDGE_FIRST_FRAME_MS: '50',
  })
  const from = (address: string) => opened(mesh.deps, address)
  for (let i = 0; i < 3; i += 1)
    expect(await from('192.0.2.7').ended()).toMatchObject({ code: 4100 })
  const refused = from('192.0.2.7')
  expect(await until(() => refused.refused)).toMatchObject({ status: 429, body: '' })
  await from('192.0.2.8').next('welcome')
  await from('2001:db8::1').next('welcome')
})

test('tickets that no longer open do not count against their address', async () => {
  await mesh.edge.stop()
  await mesh.startEdge({ EDGE_ATTEMPTS_MAX: '2', EDGE_TRUSTED_HOPS: '1' })
  for (let i = 0; i < 4; i += 1) {
    const socket = opened(mesh.deps, '192.0.2.7')
    await socket.next('welcome')
    socket.send({ type: 'hello', ticket: 'of-another-secret' })
    expect(await socket.ended()).toMatchObject({ code: 4101 })
  }
})
