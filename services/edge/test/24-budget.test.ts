// Goal: what waits for one socket, and for all of them together, is bounded, and the bound has the
// consequence it says.
// Method: sockets that stop reading, with events and with answers to calls, which are never dropped.
// Shows: W9 (part)
import { afterEach, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { type Stalled, numbersOf, stalled, upTo } from './stalled.ts'
import { signedIn } from './test-socket.ts'
import { until } from './until.ts'

const EVENTS = 1_000
const FILLER = 'x'.repeat(10_000)

let mesh: EdgeMesh
let answered = 0
afterEach(() => mesh.stop())

const started = async (env: Record<string, string>) => {
  mesh = await EdgeMesh.start({
    EDGE_WRITE_DEADLINE_MS: '60000',
    ...env,
  })
  mesh.answers['network.echo'] = ({ input }) => {
    answered += 1
    return input
  }
  const { key, userId } = mesh.auth.enroll()
  return { key, ledger: await mesh.ledger(userId) }
}

const limitReached = (limit: string) => mesh.metric('edge_limits_reached_total', `limit="${limit}"`)

/** Has large answers made for a client that does not read them, until so many bytes wait or it is closed. */
const ask = async ({ socket, connection }: Stalled, bytes: number): Promise<void> => {
  const data = { data: 'x'.repeat(50_000) }
  for (let id = 1; !connection.isClosed && connection.outbound.bytes < bytes; id += 1) {
    if (id > 1_000) throw new Error('the network takes all of it')
    const before = answered
    socket.send({ type: 'call', id, procedure: 'network.echo', data })
    await until(() => connection.isClosed || answered > before)
  }
}

test('answers are never dropped: too many that nobody reads close with 4302', async () => {
  const { key, ledger } = await started({ EDGE_OPERATIONS_BURST: '5000' })
  const slow = await stalled(mesh, key)
  const quick = await signedIn(mesh, key)
  quick.send({ type: 'subscribe', id: 1, channel: 'earnings' })
  await quick.answer(1)
  await ask(slow, Number.POSITIVE_INFINITY)
  expect(slow.mostBytes()).toBeGreaterThan(500_000)
  expect(slow.mostBytes()).toBeLessThanOrEqual(1 << 20)
  expect(await limitReached('outbound_bytes')).toBe(1)
  await ledger.credit()
  expect(await quick.next('event')).toMatchObject({ n: 1 })
  slow.speedUp()
  expect(await slow.socket.ended()).toMatchObject({ code: 4302 })
  await quick.close()
}, 40_000)

test('when much waits for all together, events wait in their stream and nobody is closed', async () => {
  const budgetBytes = 1 << 20
  const { key, ledger } = await started({
    EDGE_OUTBOUND_BUDGET_BYTES: String(budgetBytes),
  })
  const slow = await Promise.all(upTo(6).map(() => stalled(mesh, key)))
  let most = 0
  for (let sent = 0; sent < EVENTS; sent += 4) {
    await Promise.all(upTo(4).map(() => ledger.credit({ filler: FILLER })))
    most = Math.max(most, await mesh.metric('edge_outbound_bytes'))
  }
  expect(most).toBeGreaterThan(budgetBytes / 2)
  expect(most).toBeLessThan(budgetBytes)
  for (const { socket, speedUp } of slow) {
    speedUp()
    await until(() => socket.frames.length >= EVENTS, 20_000)
    expect(numbersOf(await socket.events(EVENTS))).toEqual(upTo(EVENTS))
  }
  await Promise.all(slow.map(({ socket }) => socket.close()))
}, 60_000)

test('beyond the budget the furthest behind is closed with 4302, and the others stay', async () => {
  const { key } = await started({
    EDGE_OUTBOUND_BUDGET_BYTES: '1000000',
    EDGE_OPERATIONS_BURST: '5000',
  })
  const [one, two] = [await stalled(mesh, key), await stalled(mesh, key)]
  await ask(two, 400_000)
  await ask(one, Number.POSITIVE_INFINITY)
  expect(await limitReached('outbound_budget_bytes')).toBe(1)
  expect(two.connection.isClosed).toBe(false)
  one.speedUp()
  expect(await one.socket.ended()).toMatchObject({ code: 4302 })
  two.speedUp()
  await two.socket.next('reply')
  await two.socket.close()
}, 40_000)

test('an edge whose bounds are in the wrong order does not start', async () => {
  await started({})
  await mesh.stopService('edge')
  const start = mesh.startEdge({ EDGE_OUTBOUND_HIGH_BYTES: '4096' })
  await expect(start).rejects.toThrow('EDGE_OUTBOUND_LOW_BYTES must be less')
})

test('more in one turn than may wait is no reason to close a client that reads', async () => {
  const { key } = await started({
    EDGE_OUTBOUND_LOW_BYTES: '4096',
    EDGE_OUTBOUND_HIGH_BYTES: '16384',
    EDGE_OUTBOUND_BYTES_MAX: '32768',
  })
  const socket = await signedIn(mesh, key)
  const [connection] = mesh.deps.connections
  const text = JSON.stringify({ type: 'status', state: 'ok', filler: 'x'.repeat(10_000) })
  for (let i = 0; i < 10; i += 1) connection?.sendText(text)
  for (let i = 0; i < 10; i += 1) await socket.next('status')
  expect(socket.closed).toBeUndefined()
  await socket.close()
})
