import { afterAll, beforeAll, expect, test } from 'vitest'
import { HEADERS } from '@meshboard/contracts'
import { activeTraceId } from '@meshboard/kit'
import { EdgeMesh } from './harness.ts'
import type { Ledger } from './ledger.ts'
import { until } from './until.ts'
import { type TestSocket, signedIn } from './test-socket.ts'

let mesh: EdgeMesh
let ledger: Ledger
let socket: TestSocket
beforeAll(async () => {
  mesh = await EdgeMesh.start()
  const { key, userId } = mesh.auth.enroll()
  ledger = await mesh.ledger(userId)
  socket = await signedIn(mesh, key)
})
afterAll(() => mesh.stop())

test('the push of an event goes on in the trace of the event', async () => {
  const [connection] = mesh.deps.connections
  const sent: string[] = []
  const offer = connection?.outbound.offer.bind(connection.outbound)
  Object.assign(connection?.outbound ?? {}, {
    offer(frame: Buffer) {
      sent.push(activeTraceId())
      return offer?.(frame)
    },
  })
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  await socket.answer(1)
  const traceId = 'cd'.repeat(16)
  await ledger.credit({ headers: { [HEADERS.traceparent]: `00-${traceId}-00f067aa0ba902b7-01` } })
  await socket.next('event')
  expect(sent.at(-1)).toBe(traceId)
})

test('connections, subscriptions, frames, events and closes are counted', async () => {
  const metrics = async () => ({
    connections: await mesh.metric('edge_connections'),
    subscriptions: await mesh.metric('edge_subscriptions'),
    feeds: await mesh.metric('edge_feeds'),
    events: await mesh.metric('edge_events_pushed_total'),
    logins: await mesh.metric('edge_logins_total'),
  })
  expect(await metrics()).toEqual({
    connections: 1,
    subscriptions: 1,
    feeds: 1,
    events: 1,
    logins: 1,
  })
  expect(await mesh.metric('edge_frames_received_total')).toBe(2)
  expect(await mesh.metric('edge_frames_sent_total')).toBe(4)
  expect(await mesh.metric('edge_replay_reads_total')).toBeGreaterThan(0)
  await socket.close()
  await until(() => mesh.deps.connections.size === 0)
  expect(await metrics()).toMatchObject({ connections: 0, subscriptions: 0 })
  expect(await mesh.metric('edge_closes_total')).toBe(1)
})

test('readiness asks the broker, liveness nobody', async () => {
  const { url } = mesh.edge.runtime.ops
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  await mesh.nats.kill()
  await until(() => !mesh.edge.runtime.broker.connected)
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  await mesh.nats.launch()
  await until(() => mesh.edge.runtime.broker.connected)
})
