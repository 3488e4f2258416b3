// Goal: a service with more calls than it can answer goes on answering as many as it can.
// Method: the real kit and broker; handlers of a known capacity, asked for more than that.
// Shows: O2
import { type Procedure, network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Broker } from '../src/index.ts'
import { ask } from './asking.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo, list, heartbeat } = network.procedures
const CONNECTION = 'con_01m7ypdhrge8hafxde6dcny8p9'
const QUALITY = { latency_ms: 20, jitter_ms: 1, packet_loss_pct: 0 }
/** What suits any of them; each takes and gives what it knows of it. */
const INPUT = JSON.stringify({ data: 'x', connection_id: CONNECTION, quality: QUALITY })
const ANY_OUTPUT = {
  data: 'x',
  connections: [],
  connection_id: CONNECTION,
  status: 'connected',
  network_score: 80,
  connection_time: 1,
}
const MIX = [heartbeat, list, echo, list, echo, list, echo, list, echo, list]
let mesh: TestMesh
let ann: TestUser
let broker: Broker

beforeEach(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
  broker = await mesh.brokerOf('operator')
})
afterEach(() => mesh.stop())

const answering = (answer: () => Promise<unknown>, env: Record<string, string>) =>
  mesh.start(fakeNetwork({ answers: { echo: answer, list: answer, heartbeat: answer } }), env)

test('beyond its places and its line a service refuses a call at once', async () => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>()
  let begun = 0
  const running = await answering(
    async () => {
      begun += 1
      await hold
      return { data: 'x' }
    },
    { CALLS_IN_FLIGHT_MAX: '2', CALLS_QUEUED_MAX: '1' },
  )
  const held = [1, 2, 3].map(() => ask(broker, echo, ann))
  await expect.poll(() => metricOf(running, 'mesh_server_calls_queued')).toBe(1)
  expect(begun).toBe(2)
  const refused = await ask(broker, echo, ann)
  expect(refused).toMatchObject({ code: 'overloaded', retry: 'later' })
  expect(refused?.retryAfterMs).toBeGreaterThan(0)
  release()
  expect(await Promise.all(held)).toEqual([undefined, undefined, undefined])
  expect(begun).toBe(3)
})

test('what ends while it waits is never begun', async () => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>()
  let begun = 0
  await answering(
    async () => {
      begun += 1
      await hold
      return { data: 'x' }
    },
    { CALLS_IN_FLIGHT_MAX: '1' },
  )
  const held = ask(broker, echo, ann)
  await expect.poll(() => begun).toBe(1)
  const late = await ask(broker, echo, { ...ann, deadline: Date.now() + 100 })
  expect(late?.code).toBe('deadline_exceeded')
  release()
  expect(await held).toBeUndefined()
  expect(await ask(broker, echo, ann)).toBeUndefined()
  expect(begun).toBe(2)
})

test('who would wait in line for too much of its time is refused at once, the critical not', async () => {
  const work = async () => {
    await new Promise((resume) => setTimeout(resume, 300))
    return ANY_OUTPUT
  }
  await answering(work, { CALLS_IN_FLIGHT_MAX: '1' })
  const within = async (procedure: Procedure, ms: number) =>
    (await ask(broker, procedure, { ...ann, body: INPUT, deadline: Date.now() + ms }))?.code
  expect(await within(echo, 2_000)).toBeUndefined()
  const held = within(echo, 2_000)
  expect(await within(list, 1_000)).toBe('overloaded')
  expect(await within(echo, 500)).toBe('overloaded')
  expect(await within(heartbeat, 1_900)).toBeUndefined()
  expect(await held).toBeUndefined()
})

const metricOf = async (
  { runtime }: Awaited<ReturnType<typeof answering>>,
  name: string,
): Promise<number> => {
  const { values } = await runtime.metrics.registry.getSingleMetric(name)!.get()
  return values.reduce((sum, { value }) => sum + value, 0)
}

const WORK_MS = 20
const PLACES = 10
const PATIENCE_MS = 500
const FULL = process.env['MESH_TEST_FULL'] === '1'
const ROUND_MS = FULL ? 60_000 : 1_500
/** What of its peak it must do; a short round on a busy machine says less. */
const SHARE = FULL ? 0.9 : 0.6

test(
  'asked for three times what it can do, a service goes on doing what it can, and all that is critical',
  { timeout: 3 * ROUND_MS + 10_000 },
  async () => {
    const work = async () => {
      await new Promise((resume) => setTimeout(resume, WORK_MS))
      return ANY_OUTPUT
    }
    await answering(work, {
      CALLS_IN_FLIGHT_MAX: String(PLACES),
      CALLS_QUEUED_MAX: '40',
      EVENT_LOOP_LAG_MAX_MS: '10000',
    })
    await ask(broker, echo, ann)
    const peak = await doneByAsManyAsFit()
    const offered = await doneOfOffered(3 * peak)
    expect(offered.done).toBeGreaterThanOrEqual(SHARE * peak)
    expect(offered.refused.get(list)).toBeGreaterThan(offered.refused.get(echo) ?? 0)
    expect(offered.refused.get(heartbeat) ?? 0).toBe(0)
    expect(offered.latestRefusalMs).toBeLessThan(PATIENCE_MS)
  },
)

/** How many calls end well in a round when there are always just as many as there are places. */
const doneByAsManyAsFit = async (): Promise<number> => {
  const until = Date.now() + ROUND_MS
  let done = 0
  const caller = async () => {
    while (Date.now() < until) if (!(await ask(broker, echo, ann))) done += 1
  }
  await Promise.all(Array.from({ length: PLACES }, caller))
  return done
}

/** How they end when so many come in a round, evenly, a tenth of them critical and half sheddable. */
const doneOfOffered = async (calls: number) => {
  const startedAt = Date.now()
  const seen = { done: 0, refused: new Map<Procedure, number>(), latestRefusalMs: 0 }
  const asking: Promise<void>[] = []
  const one = async (procedure: Procedure) => {
    const askedAt = Date.now()
    const options = { ...ann, body: INPUT, deadline: askedAt + PATIENCE_MS }
    const failed = await ask(broker, procedure, options)
    if (!failed) seen.done += 1
    if (failed?.code !== 'overloaded') return
    seen.refused.set(procedure, (seen.refused.get(procedure) ?? 0) + 1)
    seen.latestRefusalMs = Math.max(seen.latestRefusalMs, Date.now() - askedAt)
  }
  for (let sent = 0; sent < calls;) {
    const due = Math.min(calls, (calls * (Date.now() - startedAt)) / ROUND_MS)
    for (; sent < due; sent += 1) asking.push(one(MIX[sent % MIX.length] ?? echo))
    await new Promise((resume) => setTimeout(resume, 5))
  }
  await Promise.all(asking)
  return seen
}

test('while the event loop is late only the critical is answered', async () => {
  const running = await answering(async () => ANY_OUTPUT, { EVENT_LOOP_LAG_MAX_MS: '5' })
  const block = setInterval(() => {
    const until = Date.now() + 40
    while (Date.now() < until);
  }, 45)
  try {
    const codeOf = async (procedure: Procedure) =>
      (await ask(broker, procedure, { ...ann, body: INPUT }))?.code
    await expect.poll(() => codeOf(list)).toBe('overloaded')
    expect(await codeOf(heartbeat)).toBeUndefined()
    expect(await metricOf(running, 'mesh_server_calls_shed_total')).toBeGreaterThan(0)
  } finally {
    clearInterval(block)
  }
})
