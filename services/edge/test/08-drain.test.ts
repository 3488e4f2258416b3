import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { until } from './until.ts'
import { TestSocket, signedIn } from './test-socket.ts'

let mesh: EdgeMesh
afterEach(() => mesh.stop())

test('an edge that stops asks its clients to move on, spread out, and closes who stays with 4300', async () => {
  mesh = await EdgeMesh.start({ EDGE_DRAIN_MS: '600' })
  const { key } = mesh.auth.enroll()
  const sockets = await Promise.all(Array.from({ length: 8 }, () => signedIn(mesh, key)))
  const stopping = mesh.edge.stop()
  const asked = await Promise.all(sockets.map((socket) => socket.next('going_away')))
  const delays = asked.map(({ after_ms: delay }) => delay as number)
  expect(Math.max(...delays)).toBeLessThan(600)
  expect(new Set(delays).size).toBeGreaterThan(1)
  for (const socket of sockets) expect(await socket.ended()).toMatchObject({ code: 4300 })
  await stopping
  await mesh.startEdge()
})

test('while it drains, calls are answered and events arrive, but nobody new is let in', async () => {
  mesh = await EdgeMesh.start({ EDGE_DRAIN_MS: '500' })
  mesh.answers['network.echo'] = async ({ input }) => {
    await sleep(100)
    return input
  }
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const socket = await signedIn(mesh, key)
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  await socket.answer(1)
  const stopping = mesh.edge.stop()
  await socket.next('going_away')
  const late = new TestSocket(mesh.url('/ws/v1'))
  expect(await until(() => late.refused)).toMatchObject({ status: 503 })
  socket.send({ type: 'call', id: 2, procedure: 'network.echo', data: { data: 'x' } })
  await ledger.credit()
  expect(await socket.answer(2)).toMatchObject({ type: 'reply' })
  expect(await socket.next('event')).toMatchObject({ n: 1 })
  await stopping
  await mesh.startEdge()
})

test('a call that is not answered yet when the time is over is answered before the socket is closed', async () => {
  mesh = await EdgeMesh.start({ EDGE_DRAIN_MS: '100' })
  mesh.answers['network.echo'] = async ({ input }) => {
    await sleep(600)
    return input
  }
  const { key } = mesh.auth.enroll()
  const socket = await signedIn(mesh, key)
  socket.send({ type: 'call', id: 1, procedure: 'network.echo', data: { data: 'x' } })
  await sleep(50)
  const stopping = mesh.edge.stop()
  expect(await socket.answer(1)).toMatchObject({ type: 'reply' })
  expect(await socket.ended()).toMatchObject({ code: 4300 })
  await stopping
  await mesh.startEdge()
})

test('clients that have moved on are not waited for', async () => {
  mesh = await EdgeMesh.start({ EDGE_DRAIN_MS: '5000' })
  const { key } = mesh.auth.enroll()
  const socket = await signedIn(mesh, key)
  const before = Date.now()
  const stopping = mesh.edge.stop()
  await socket.next('going_away')
  await socket.close()
  await stopping
  expect(Date.now() - before).toBeLessThan(2_000)
  await mesh.startEdge()
})

test('a plain door closes with 1012', async () => {
  mesh = await EdgeMesh.start({ EDGE_DRAIN_MS: '200' })
  const { userId } = mesh.auth.enroll()
  const url = mesh.url(`/ws/earnings?token=${mesh.auth.token(userId)}`)
  const socket = new TestSocket(url, { protocols: [] })
  await socket.next('auth_success')
  const stopping = mesh.edge.stop()
  expect(await socket.ended()).toMatchObject({ code: 1012 })
  expect(socket.frames.filter(({ type }) => type === 'going_away')).toEqual([])
  await stopping
  await mesh.startEdge()
})

test('of the calls made until it closes with 4300, each that was taken is answered', async () => {
  mesh = await EdgeMesh.start({ EDGE_DRAIN_MS: '100' })
  const taken: unknown[] = []
  mesh.answers['network.echo'] = async ({ input }) => {
    taken.push(input)
    await sleep(5)
    return input
  }
  const { key } = mesh.auth.enroll()
  const socket = await signedIn(mesh, key)
  const stopping = mesh.edge.stop()
  let id = 0
  const call = () =>
    socket.send({ type: 'call', id: (id += 1), procedure: 'network.echo', data: { data: `${id}` } })
  const calling = setInterval(call, 12)
  expect(await socket.ended()).toMatchObject({ code: 4300 })
  clearInterval(calling)
  await stopping
  expect(taken.length).toBeGreaterThan(3)
  expect(socket.frames.filter(({ type }) => type === 'reply')).toHaveLength(taken.length)
  await mesh.startEdge()
})
