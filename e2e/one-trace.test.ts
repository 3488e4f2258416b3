// Goal: one trace leads from a heartbeat, or a request, to the last screen that changed.
// Method: `up` and the agent as processes; what `up`'s own trace page shows.
import { earnings, referral } from '@meshboard/contracts'
import { PlainSocket, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Agent } from './agent.ts'
import { type Person, signUp } from './people.ts'
import { overRest } from './rest.ts'
import { pathsShown, spansShown } from './traces.ts'
import { Up } from './up.ts'

let up: Up
let agent: Agent
let traceId: string
/** By which others come here through Carol. */
let code: string
/** Who brought the agent's user here. */
let carol: Person
let carolsScreen: PlainSocket<Update>

beforeAll(async () => {
  up = await Up.start({
    MESH_TRACES: 'on',
    NETWORK_ACCRUAL_PERIOD_MS: '2000',
    REFERRAL_COMPLETION_MICROPOINTS: '10000',
  })
  carol = await signUp(up, 'carol')
  carolsScreen = await PlainSocket.open<Update>(
    `${await up.urlOf('edge')}/ws/dashboard?token=${carol.token}`,
  )
  code = (await overRest(up, referral.procedures.getCode, { token: carol.token })).code
  agent = await Agent.start(up, 'ann', ['--referral', code])
})
afterAll(async () => {
  carolsScreen.close()
  await agent.stop()
  await up.remove()
})

interface Update {
  type: string
  data?: { balance: string }
}

/** Waits until a trace shows all of these ways, and says which it does not. */
const expectPaths = async (trace: string, wanted: readonly string[]) => {
  const holdsAll = async () => {
    const seen = await pathsShown(up, trace)
    return wanted.every((path) => seen.includes(path))
  }
  await until(holdsAll).catch(() => undefined)
  expect(await pathsShown(up, trace)).toEqual(expect.arrayContaining([...wanted]))
}

/** A credit that the agent and a second socket of its user were told of. */
const creditOnBothSockets = async (token: string) => {
  const door = `${await up.urlOf('edge')}/ws/earnings?token=${token}`
  const screen = await PlainSocket.open<Update>(door)
  const { data } = await screen.expect(({ type }) => type === 'earnings_update')
  screen.close()
  return until(() => agent.credits.find(({ balance }) => balance === data?.balance))
}

const call = 'edge ws call > edge network.heartbeat > network network.heartbeat'
const accrual = `${call} > network publish evt.network.uptime.*`
const credit = `${accrual} > earnings process creditOnUptimeAccrued`
const earned = `${credit} > earnings publish evt.earnings.ledger.*`
const rewarded = `${earned} > referral process rewardOnCredited > referral publish evt.referral.rewards.*`
const paid = `${rewarded} > earnings process creditOnRewarded > earnings publish evt.earnings.ledger.*`

test('a heartbeat that completes a period reaches both sockets of its user in one trace', async () => {
  await agent.hasCredits(1)
  const token = await Agent.token(up, 'ann')
  const { entry_id } = await creditOnBothSockets(token)
  const why = await overRest(up, earnings.procedures.explain, { token, input: { entry_id } })
  traceId = why.trace_id

  await expectPaths(traceId, [
    `${call} > network SELECT connections`,
    `${call} > network UPDATE connections`,
    `${call} > network INSERT channel_numbers INSERT outbox`,
    `${call} > network COMMIT`,
    `${credit} > earnings INSERT inbox`,
    `${credit} > earnings INSERT channel_numbers INSERT outbox`,
    `${credit} > earnings COMMIT`,
    `${earned} > edge push earnings`,
    `${earned} > network process addPointsOnCredited > network UPDATE connections`,
  ])
  const roots = (await spansShown(up, traceId)).filter(({ depth }) => depth === 0)
  expect(roots.map(({ name }) => name)).toEqual(['ws call'])
})

test('the same trace leads to the screen of who brought that user here', async () => {
  await carolsScreen.expect(({ type }) => type === 'earnings_update')
  const { token } = carol
  const { entries } = await overRest(up, earnings.procedures.listEntries, { token })
  const input = { entry_id: entries[0]?.id ?? '' }
  const { trace_id } = await overRest(up, earnings.procedures.explain, { token, input })
  await expectPaths(trace_id, [`${earned} > edge push earnings`, `${paid} > edge push earnings`])
})

test('a request over HTTP leads through Redis, calls, SQL, outbox and consumers to another screen', async () => {
  const registration = {
    ...{ username: 'dave', email: 'dave@example.org', password: 'correct horse battery' },
    referral_code: code,
  }
  const answer = await fetch(`${await up.urlOf('gateway')}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(registration),
  })
  expect(answer.status).toBe(201)
  const trace = answer.headers.get('x-trace-id') ?? ''
  const ways = [
    /^gateway POST \/api\/auth\/register > gateway PTTL$/,
    /^gateway POST \/api\/auth\/register > gateway auth.register > auth auth.register > auth COMMIT$/,
    /^gateway POST .* > user publish evt\.user\.profiles\.\* > referral process applyOnRegistered > /,
    /process applyOnRegistered > referral publish evt\.referral\.referrals\.\* > edge push referrals$/,
    /process tellOnReferralApplied > notification publish \S+ > edge push notifications$/,
  ]
  const missing = async () => {
    const seen = await pathsShown(up, trace)
    return ways.filter((way) => !seen.some((path) => way.test(path)))
  }
  await until(async () => (await missing()).length === 0).catch(() => undefined)
  expect(await missing()).toEqual([])
})

test("the trace id of a refusal opens what failed, on the page of `up`'s table", async () => {
  const { traces = '' } = (await up.facts())?.urls ?? {}
  expect(up.output).toMatch(new RegExp(`^ +traces +${traces}$`, 'm'))
  const nobodys = `${await up.urlOf('gateway')}/api/networks/con_01m7ypdhrge8hafxde6dcny8p9`
  const refused = await fetch(nobodys, { headers: { authorization: `Bearer ${carol.token}` } })
  const { trace_id } = (await refused.json()) as { trace_id: string }
  await until(async () => (await spansShown(up, trace_id)).length >= 4)
  const failed = (await spansShown(up, trace_id)).filter(
    ({ attributes }) => attributes['error.type'],
  )
  expect(failed.map(({ service, kind }) => `${service} ${kind}`)).toEqual([
    'gateway server',
    'gateway client',
    'network server',
  ])
  expect(await (await fetch(`${traces}/trace/${trace_id}`)).text()).toContain('not_found')
})

test('each span says what it does, and none holds what was bound to a statement', async () => {
  const spans = await spansShown(up, traceId)
  const kinds = new Map(spans.map(({ name, kind }) => [name, kind]))
  expect(kinds.get('ws call')).toBe('server')
  expect(kinds.get('publish evt.network.uptime.*')).toBe('producer')
  expect(kinds.get('process creditOnUptimeAccrued')).toBe('consumer')
  expect(spans.find(({ name }) => name === 'UPDATE connections')).toMatchObject({
    kind: 'client',
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': 'UPDATE',
      'db.query.summary': 'UPDATE connections',
    },
  })
  const statements = spans.filter(({ attributes }) => 'db.system.name' in attributes)
  expect(JSON.stringify(statements)).not.toMatch(/usr_|con_|ses_/)
})
