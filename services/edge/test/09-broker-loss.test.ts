import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { until } from './until.ts'
import { signedIn } from './test-socket.ts'

let mesh: EdgeMesh
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_POSITION_CHECK_MS: '60000' })
})
afterAll(() => mesh.stop())

test('sockets stay while the broker is away, hear of it, and miss nothing', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const socket = await signedIn(mesh, key)
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  await socket.answer(1)
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 1 })

  // Of all checks only the one after a reconnect is left.
  for (const feed of mesh.deps.hub.feeds) feed.plan.end()
  await mesh.nats.kill()
  expect(await socket.next('status')).toMatchObject({ state: 'degraded' })
  socket.send({ type: 'subscribe', id: 2, channel: 'network' })
  expect(await socket.answer(2)).toMatchObject({ code: 'unavailable', retry: 'later' })

  mesh.loses = () => true
  await mesh.nats.launch()
  const broker = await mesh.brokerOf('earnings')
  await until(() => broker.connected)
  await ledger.credit()
  await ledger.credit()
  expect(await socket.next('status')).toMatchObject({ state: 'ok' })
  expect((await socket.events(2)).map(({ n }) => n)).toEqual([2, 3])
  mesh.loses = () => false
  await ledger.credit()
  expect(await socket.next('event')).toMatchObject({ n: 4 })
  expect(socket.closed).toBeUndefined()
  await socket.close()
})

test('a stream that does not answer in time is unavailable, and no fault of the edge', async () => {
  const { key, userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const [first, second] = [await signedIn(mesh, key), await signedIn(mesh, key)]
  await ledger.credit()
  first.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  await first.answer(1)
  mesh.nats.freeze()
  try {
    second.send({ type: 'subscribe', id: 1, channel: 'earnings', since: { last: 1 } })
    expect(await second.answer(1)).toMatchObject({ code: 'unavailable', retry: 'later' })
  } finally {
    mesh.nats.thaw()
  }
  second.send({ type: 'subscribe', id: 2, channel: 'earnings', since: { last: 1 } })
  expect(await second.answer(2)).toMatchObject({ type: 'subscribed', replayed: 1 })
  await Promise.all([first.close(), second.close()])
})
