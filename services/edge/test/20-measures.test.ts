// Goal: what the edge measures of sockets, feeds and resumes is what happened.
// Method: one edge on a real broker, whose copies of events a test can lose; /metrics is read before and after.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import type { Ledger } from './ledger.ts'
import { TestSocket, signedIn } from './test-socket.ts'
import type { TestKey } from './test-auth.ts'
import { until } from './until.ts'

let mesh: EdgeMesh
let ledger: Ledger
let key: TestKey
let userId: string
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_PING_INTERVAL_MS: '40', EDGE_FEED_LINGER_MS: '0' })
  mesh.answers['earnings.getSummary'] = ({ caller }) => ({
    user_id: (caller as unknown as { userId: string }).userId,
    balance: '7.000000',
    earned: { network: '7.000000', referral: '0.000000', bonus: '0.000000' },
    entries: 7,
  })
  const enrolled = mesh.auth.enroll()
  key = enrolled.key
  userId = enrolled.userId
  ledger = await mesh.ledger(userId)
})
afterAll(() => mesh.stop())

/** By how much measurements grow while something is done. */
const growth = async (names: readonly string[], work: () => Promise<void>): Promise<number[]> => {
  const read = () => Promise.all(names.map((name) => mesh.metric(name)))
  const before = await read()
  await work()
  const after = await read()
  return after.map((value, index) => value - (before[index] ?? 0))
}

const watching = async (since?: object): Promise<TestSocket> => {
  const socket = await signedIn(mesh, key)
  socket.send({ type: 'subscribe', id: 1, channel: 'earnings', ...(since && { since }) })
  return socket
}

/** Loses the next copy of an event; gives whether it has. */
const loseOne = (): (() => boolean) => {
  let seen = 0
  mesh.loses = () => (seen += 1) === 1
  return () => seen > 0
}

test('an event counts once for the edge, once for each that watches, and in the lag since it was stored', async () => {
  const sockets = [await watching(), await watching(), await watching()]
  for (const socket of sockets) await socket.answer(1)
  const names = ['edge_events_pushed_total', 'edge_event_watchers_total']
  const grown = await growth([...names, 'edge_delivery_lag_seconds_count'], async () => {
    await ledger.credit()
    for (const socket of sockets) await socket.next('event')
  })
  expect(grown).toEqual([1, 3, 1])
  expect(await mesh.metric('edge_delivery_lag_seconds_sum')).toBeLessThan(5)
  for (const socket of sockets) await socket.close()
})

test('a resume counts as whole or with a gap, with the time until it had caught up and what was read', async () => {
  const socket = await watching()
  const { seq, n, epoch } = await socket.answer(1)
  await socket.close()
  await until(() => mesh.deps.hub.size === 0)
  await ledger.credit()
  await ledger.credit()
  const names = ['edge_resumes_total', 'edge_resume_duration_seconds_count']
  const grown = await growth([...names, 'edge_replay_events_total'], async () => {
    const back = await watching({ seq, n, epoch })
    expect(await back.answer(1)).toMatchObject({ resumed: true, replayed: 2 })
    await back.events(2)
    const strange = await watching({ seq, n, epoch: '00000000' })
    await strange.next('gap')
    await back.close()
    await strange.close()
  })
  expect(grown.slice(0, 2)).toEqual([2, 2])
  expect(grown[2]).toBeGreaterThanOrEqual(2)
  const text = await mesh.edge.runtime.metrics.registry.metrics()
  for (const outcome of ['whole', 'gap'])
    expect(text).toMatch(new RegExp(`edge_resumes_total\\{.*outcome="${outcome}".*\\} 1$`, 'm'))
  expect(await mesh.metric('edge_replay_reads_in_flight')).toBe(0)
})

test('a copy that got lost counts as a repair', async () => {
  const socket = await watching()
  await socket.answer(1)
  const grown = await growth(['edge_repairs_total'], async () => {
    loseOne()
    await ledger.credit()
    await ledger.credit()
    await socket.events(2)
  })
  expect(grown).toEqual([1])
  await socket.close()
})

test('a last copy that got lost counts as a feed found behind its stream', async () => {
  const socket = await watching()
  await socket.answer(1)
  const grown = await growth(['edge_position_mismatches_total'], async () => {
    const lost = loseOne()
    await ledger.credit()
    await until(lost)
    for (const feed of mesh.deps.hub.feeds) feed.plan.within(0)
    await socket.next('event')
  })
  expect(grown).toEqual([1])
  await socket.close()
})

test('bytes, upgrades, logins by kind, answers to pings and refusals are counted', async () => {
  const names = [
    'edge_upgrades_accepted_total',
    'edge_login_duration_seconds_count',
    'edge_refusals_total',
    'edge_sent_bytes_total',
    'edge_received_bytes_total',
    'edge_ping_rtt_seconds_count',
  ]
  const grown = await growth(names, async () => {
    const socket = await signedIn(mesh, key)
    socket.send({ type: 'call', id: 1, procedure: 'nobody.nothing' })
    expect(await socket.answer(1)).toMatchObject({ code: 'not_found' })
    await socket.next('ping')
    socket.send({ type: 'pong' }, { type: 'pong' })
    const plain = new TestSocket(mesh.url(`/ws/earnings?token=${mesh.auth.token(userId)}`), {
      protocols: [],
    })
    await plain.next('auth_success')
    const pinged = await mesh.metric('edge_ping_rtt_seconds_count')
    await expect.poll(() => mesh.metric('edge_ping_rtt_seconds_count')).toBeGreaterThan(pinged)
    await socket.close()
    await plain.close()
  })
  const [upgrades, logins, refusals, sent = 0, received = 0, pings] = grown
  expect({ upgrades, logins, refusals }).toEqual({ upgrades: 2, logins: 1, refusals: 1 })
  expect(sent).toBeGreaterThan(500)
  expect(received).toBeGreaterThan(300)
  expect(pings).toBeGreaterThanOrEqual(2)
  const before = await mesh.metric('edge_sent_bytes_total')
  expect(await mesh.metric('edge_sent_bytes_total')).toBe(before)
})

test('a stop counts those that were asked to move on', async () => {
  const sockets = [await signedIn(mesh, key), await signedIn(mesh, key)]
  const { registry } = mesh.edge.runtime.metrics
  await mesh.stopService('edge')
  for (const socket of sockets) await socket.ended()
  expect(await registry.metrics()).toMatch(/^edge_going_away_total\{.*\} 2$/m)
  await mesh.startEdge()
})
