// Goal: a device earns, its owner sees it by every door, and it is all still there after a restart.
// Method: `up` and the agent as processes, as a user starts them; nothing else but the doors.
import { earnings, network, toMicros } from '@meshboard/contracts'
import { PlainSocket, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Agent } from './agent.ts'
import { auditLedger } from './ledger-audit.ts'
import { overRest } from './rest.ts'
import { Up } from './up.ts'

const { getSummary, listEntries, explain } = earnings.procedures
let up: Up
let agent: Agent
let token: string
/** The one that `up` suggests. */
let handle: string

beforeAll(async () => {
  up = await Up.start({ NETWORK_ACCRUAL_PERIOD_MS: '5000' })
  handle = /npm run agent -- --register (\S+)/.exec(up.output)?.[1] ?? ''
  agent = await Agent.start(up, handle)
})
afterAll(async () => {
  await agent.stop()
  await up.remove()
})

interface Update {
  type: string
  data?: { amount: string; source: string; balance: string }
}

const plainDoor = async (bearer: string) => `${await up.urlOf('edge')}/ws/earnings?token=${bearer}`

/** The amount that the published rule gives: one point a minute, times the score, floored to a micropoint. */
const expectedMicros = (onlineMs: string, score: string): bigint =>
  (1_000_000n * BigInt(onlineMs) * BigInt(Math.round(Number(score) * 10))) / (60_000n * 1_000n)

test('up says where everything is and what to try', () => {
  expect(up.output).toContain('/ws/v1')
  expect(handle).not.toBe('')
})

test('a device that has never been here before earns its first credit', async () => {
  await agent.hasCredits(1)
  expect(agent.told.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['registered', 'connected', 'connection', 'quality', 'credited']),
  )
})

test('each credit is what the rule gives, to the micropoint, and says why', async () => {
  token = await Agent.token(up, handle)
  await agent.hasCredits(2)
  for (const { entry_id: id, amount } of agent.credits) {
    const why = await overRest(up, explain, { token, input: { entry_id: id } })
    const { online_ms: onlineMs = '', score = '' } = why.inputs
    expect(toMicros(amount)).toBe(expectedMicros(onlineMs, score))
    expect(why.source_event).toMatch(/^evt_/)
    expect(why.trace_id).toMatch(/^[0-9a-f]{32}$/)
  }
})

test('REST has the same balance, history and connection', async () => {
  const history = await overRest(up, listEntries, { token, input: { limit: 100 } })
  const earned = history.entries.reduce((sum, { amount }) => sum + toMicros(amount), 0n)
  const summary = await overRest(up, getSummary, { token })
  expect(toMicros(summary.balance)).toBeGreaterThanOrEqual(earned)
  expect(summary.balance).toBe(summary.earned.network)
  await until(async () => {
    const { connections } = await overRest(up, network.procedures.list, { token })
    const { balance } = await overRest(up, getSummary, { token })
    return (
      connections.length === 1 &&
      connections[0]?.connected &&
      connections[0].points_earned === balance
    )
  })
})

test('the plain door sends each credit as it is stored', async () => {
  const socket = await PlainSocket.open<Update>(await plainDoor(token))
  const { data } = await socket.expect(({ type }) => type === 'earnings_update')
  socket.close()
  expect(data).toMatchObject({ source: 'network' })
  await until(() =>
    agent.credits.some(
      ({ amount, balance }) => amount === data?.amount && balance === data.balance,
    ),
  )
})

test('without a good token there is nothing to see', async () => {
  for (const bad of ['nonsense', `${token.slice(0, -6)}AAAAAA`]) {
    await expect(overRest(up, getSummary, { token: bad })).rejects.toThrow(/401/)
    await expect(PlainSocket.open(await plainDoor(bad))).rejects.toThrow(/401/)
  }
})

test('after a restart of everything the balance is there, and the agent goes on', async () => {
  const before = toMicros((await overRest(up, getSummary, { token })).balance)
  const told = agent.credits.length
  await up.stop()
  await up.start()
  expect(toMicros((await overRest(up, getSummary, { token })).balance)).toBeGreaterThanOrEqual(
    before,
  )
  await agent.hasCredits(told + 1)
  const { connections } = await overRest(up, network.procedures.list, { token })
  expect(connections).toHaveLength(1)
})

test('what the agent was told is what the ledger says: each credit once, in order', async () => {
  await agent.stop()
  await auditLedger(up)
  const history = await overRest(up, listEntries, { token, input: { limit: 100 } })
  const entries = history.entries.map(({ id }) => id).toReversed()
  expect(agent.credits.map(({ entry_id: id }) => id)).toEqual(
    entries.slice(0, agent.credits.length),
  )
  expect(entries.length - agent.credits.length).toBeLessThanOrEqual(1)
})
