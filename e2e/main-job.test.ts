// Goal: two people, one brought by the other: a device earns, both see what follows by every door,
// and it is all still there after a restart.
// Method: `up` and the agent as processes, as a user starts them; nothing else but the doors.
import {
  type OutputOf,
  auth,
  earnings,
  network,
  notification,
  referral,
  toMicros,
  user,
} from '@meshboard/contracts'
import { PlainSocket, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Agent } from './agent.ts'
import { auditLedger } from './ledger-audit.ts'
import { callAsOperator } from './mesh-tool.ts'
import { type Person, refusedOverRest, signUp } from './people.ts'
import { overRest } from './rest.ts'
import { Up } from './up.ts'

const { getSummary, listEntries, explain } = earnings.procedures
let up: Up
let agent: Agent
let token: string
let carol: Person
let carolsDashboard: PlainSocket<Update>
let carolsReferrals: PlainSocket<Update>
/** The one that `up` suggests. */
let handle: string

beforeAll(async () => {
  up = await Up.start({
    NETWORK_ACCRUAL_PERIOD_MS: '2000',
    REFERRAL_COMPLETION_MICROPOINTS: '10000',
  })
  carol = await signUp(up, 'carol')
  carolsDashboard = await PlainSocket.open(await plainDoor('dashboard', carol.token))
  carolsReferrals = await PlainSocket.open(await plainDoor('referrals', carol.token))
  const { code } = await overRest(up, referral.procedures.getCode, { token: carol.token })
  handle = /npm run agent -- --register (\S+)/.exec(up.output)?.[1] ?? ''
  agent = await Agent.start(up, handle, ['--referral', code])
})
afterAll(async () => {
  carolsDashboard.close()
  carolsReferrals.close()
  await agent.stop()
  await up.remove()
})

interface Update {
  type: string
  data?: Record<string, string>
}

interface Shown {
  event_type: string
  severity: string
  data: Record<string, unknown>
}

const plainDoor = async (door: string, bearer: string) =>
  `${await up.urlOf('edge')}/ws/${door}?token=${bearer}`

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
  const socket = await PlainSocket.open<Update>(await plainDoor('earnings', token))
  const { data } = await socket.expect(({ type }) => type === 'earnings_update')
  socket.close()
  expect(data).toMatchObject({ source: 'network' })
  await until(() =>
    agent.credits.some(
      ({ amount, balance }) => amount === data?.['amount'] && balance === data['balance'],
    ),
  )
})

test('the metrics door shows the device’s path as it is measured, without its user', async () => {
  const socket = await PlainSocket.open<Record<string, unknown>>(await plainDoor('metrics', token))
  const { connections } = await overRest(up, network.procedures.list, { token })
  const frame = await socket.expect(({ type }) => type === 'metrics')
  socket.close()
  expect(frame).toEqual({
    type: 'metrics',
    timestamp: expect.any(String),
    path_id: connections[0]?.id,
    metrics: expect.objectContaining({ latency_ms: expect.any(Number), score: expect.any(Number) }),
  })
})

test('the events door shows a role that changed, a path that came up, and an admin’s alert to all', async () => {
  const [hers, critical] = [
    await PlainSocket.open<Shown>(await plainDoor('events', carol.token)),
    await PlainSocket.open<Shown>(`${await plainDoor('events', token)}&severity=critical`),
  ]
  const { id: user_id } = await overRest(up, user.procedures.get, { token: carol.token })
  await callAsOperator(up, 'auth.appoint', { user_id })
  const { login } = auth.procedures
  const { email, password } = carol
  const { access_token: admin } = await overRest(up, login, { input: { email, password } })
  const phone = { device_id: 'phone', network_name: 'home' }
  const path = await overRest(up, network.procedures.connect, { token: admin, input: phone })
  for (const severity of ['info', 'critical'] as const)
    await overRest(up, notification.procedures.alert, {
      token: admin,
      input: { severity, title: `Of ${severity}` },
    })
  await critical.expect(({ data }) => data['title'] === 'Of critical')
  await until(() => hers.frames.length === 4)
  hers.close()
  critical.close()
  expect(
    hers.frames.map(({ event_type: type, severity }) => `${type} ${severity}`).toSorted(),
  ).toEqual([
    'PATH_STATUS_CHANGED info',
    'SYSTEM_ALERT critical',
    'SYSTEM_ALERT info',
    'USER_ROLE_CHANGED warning',
  ])
  expect(hers.frames).toContainEqual(
    expect.objectContaining({ data: expect.objectContaining({ path_id: path.id }) }),
  )
  expect(critical.frames).toHaveLength(1)
  const refused = { token, input: { severity: 'info' as const, title: 'Mine' } }
  expect(await refusedOverRest(up, notification.procedures.alert, refused)).toContain('403')
})

test('who brought the device’s user here is rewarded once, to the micropoint, and says why', async () => {
  const paid = await carolsDashboard.expect(({ type }) => type === 'earnings_update')
  expect(paid.data).toMatchObject({ source: 'referral' })
  const { entries } = await overRest(up, listEntries, { token: carol.token })
  expect(entries).toHaveLength(1)
  const [entry] = entries
  const why = await overRest(up, explain, {
    token: carol.token,
    input: { entry_id: entry?.id ?? '' },
  })
  const { earned = '', rate = '' } = why.inputs
  expect(rate).toBe('0.100000')
  expect(toMicros(entry?.amount ?? '')).toBe(toMicros(earned) / 10n)
  expect(toMicros(earned)).toBeGreaterThanOrEqual(10_000n)
  expect((await overRest(up, getSummary, { token: carol.token })).earned.referral).toBe(
    entry?.amount,
  )
})

test('both sides see the referral: live, in their lists, and as notifications', async () => {
  const statuses = () =>
    carolsReferrals.frames
      .filter(({ type }) => type === 'referral_update')
      .map(({ data }) => data?.['status'])
  await until(() => statuses().includes('rewarded'))
  expect(statuses()[0]).toBe('pending')
  await carolsDashboard.expect(({ type }) => type === 'notification')
  const { referrals } = await overRest(up, referral.procedures.list, { token: carol.token })
  expect(referrals.map(({ status, level }) => `${status} ${level}`)).toEqual(['rewarded 1'])
  const kindsOf = async (bearer: string) =>
    (await overRest(up, notification.procedures.list, { token: bearer })).notifications.map(
      ({ kind }) => kind,
    )
  await until(async () => (await kindsOf(carol.token)).includes('referral_rewarded'))
  expect(await kindsOf(carol.token)).toContain('referral_applied')
  expect(await kindsOf(token)).toEqual(
    expect.arrayContaining(['referral_applied', 'referral_completed']),
  )
})

test('a person signs in again by password, renews the session once, and logs out', async () => {
  const { login, refresh, logout } = auth.procedures
  const { email, password } = carol
  const session: OutputOf<typeof login> = await overRest(up, login, { input: { email, password } })
  const input = { refresh_token: session.refresh_token ?? '' }
  const renewed = await overRest(up, refresh, { input })
  expect((await overRest(up, user.procedures.get, { token: renewed.access_token })).email).toBe(
    email,
  )
  await overRest(up, logout, { token: renewed.access_token })
  const last = { refresh_token: renewed.refresh_token ?? '' }
  expect(await refusedOverRest(up, refresh, { input: last })).toContain('session_expired')
  const wrong = { email, password: `${password}!` }
  expect(await refusedOverRest(up, login, { input: wrong })).toContain('invalid_credentials')
})

test('without a good token there is nothing to see', async () => {
  for (const bad of ['nonsense', `${token.slice(0, -6)}AAAAAA`]) {
    await expect(overRest(up, getSummary, { token: bad })).rejects.toThrow(/401/)
    await expect(PlainSocket.open(await plainDoor('earnings', bad))).rejects.toThrow(/401/)
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
  expect((await overRest(up, listEntries, { token: carol.token })).entries).toHaveLength(1)
  const history = await overRest(up, listEntries, { token, input: { limit: 100 } })
  const entries = history.entries.map(({ id }) => id).toReversed()
  expect(agent.credits.map(({ entry_id: id }) => id)).toEqual(
    entries.slice(0, agent.credits.length),
  )
  expect(entries.length - agent.credits.length).toBeLessThanOrEqual(1)
})
