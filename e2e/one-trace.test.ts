// Goal: one trace leads from a device's heartbeat to the last screen that changed.
// Method: `up` and the agent as processes; every service sends its spans to a receiver of the test's.
import { earnings, referral } from '@meshboard/contracts'
import {
  type OtlpReceiver,
  PlainSocket,
  pathsOf,
  startOtlpReceiver,
  until,
} from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Agent } from './agent.ts'
import { type Person, signUp } from './people.ts'
import { overRest } from './rest.ts'
import { Up } from './up.ts'

let receiver: OtlpReceiver
let up: Up
let agent: Agent
let traceId: string
/** Who brought the agent's user here. */
let carol: Person
let carolsScreen: PlainSocket<Update>

beforeAll(async () => {
  receiver = await startOtlpReceiver()
  up = await Up.start({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    NETWORK_ACCRUAL_PERIOD_MS: '2000',
    REFERRAL_COMPLETION_MICROPOINTS: '10000',
  })
  carol = await signUp(up, 'carol')
  carolsScreen = await PlainSocket.open<Update>(
    `${await up.urlOf('edge')}/ws/dashboard?token=${carol.token}`,
  )
  const { code } = await overRest(up, referral.procedures.getCode, { token: carol.token })
  agent = await Agent.start(up, 'ann', ['--referral', code])
})
afterAll(async () => {
  carolsScreen.close()
  await agent.stop()
  await up.remove()
  await receiver.stop()
})

interface Update {
  type: string
  data?: { balance: string }
}

const spansOf = (trace: string) => receiver.spans.filter(({ traceId: id }) => id === trace)

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

  const wanted = [
    `${call} > network SELECT connections`,
    `${call} > network UPDATE connections`,
    `${call} > network INSERT channel_numbers INSERT outbox`,
    `${call} > network COMMIT`,
    `${credit} > earnings INSERT inbox`,
    `${credit} > earnings INSERT channel_numbers INSERT outbox`,
    `${credit} > earnings COMMIT`,
    `${earned} > edge push earnings`,
    `${earned} > network process addPointsOnCredited > network UPDATE connections`,
  ]
  const seen = () => pathsOf(receiver.tree(traceId))
  await until(() => wanted.every((path) => seen().includes(path))).catch(() => undefined)
  expect(seen()).toEqual(expect.arrayContaining(wanted))
  expect(receiver.tree(traceId).map(({ name }) => name)).toEqual(['ws call'])
})

test('the same trace leads to the screen of who brought that user here', async () => {
  await carolsScreen.expect(({ type }) => type === 'earnings_update')
  const { token } = carol
  const { entries } = await overRest(up, earnings.procedures.listEntries, { token })
  const input = { entry_id: entries[0]?.id ?? '' }
  const { trace_id } = await overRest(up, earnings.procedures.explain, { token, input })
  const wanted = [`${earned} > edge push earnings`, `${paid} > edge push earnings`]
  const seen = () => pathsOf(receiver.tree(trace_id))
  await until(() => wanted.every((path) => seen().includes(path))).catch(() => undefined)
  expect(seen()).toEqual(expect.arrayContaining(wanted))
})

test('each span says what it does, and none holds what was bound to a statement', async () => {
  const kinds = new Map(spansOf(traceId).map(({ name, kind }) => [name, kind]))
  expect(kinds.get('ws call')).toBe('server')
  expect(kinds.get('publish evt.network.uptime.*')).toBe('producer')
  expect(kinds.get('process creditOnUptimeAccrued')).toBe('consumer')
  expect(spansOf(traceId).find(({ name }) => name === 'UPDATE connections')).toMatchObject({
    kind: 'client',
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': 'UPDATE',
      'db.query.summary': 'UPDATE connections',
    },
  })
  const statements = spansOf(traceId).filter(({ attributes }) => 'db.system.name' in attributes)
  expect(JSON.stringify(statements)).not.toMatch(/usr_|con_|ses_/)
})
