// Goal: killing services loses nothing and counts nothing twice.
// Method: one continuous run of the whole mesh, a process killed every 1.5 s, one settling at the end.
// Shows: L3 (part), P2 (part)
import { earnings, referral } from '@meshboard/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Agent } from '../agent.ts'
import { auditLedger } from '../ledger-audit.ts'
import { overRest } from '../rest.ts'
import { Up } from '../up.ts'

const SERVICES = [
  'network',
  'earnings',
  'edge',
  'referral',
  'notification',
  'gateway',
  'auth',
  'user',
]
const KILLS = process.env['MESH_TEST_FULL'] === '1' ? 200 : SERVICES.length
const EVERY_MS = 1_500
let up: Up
let agents: Agent[]

beforeAll(async () => {
  up = await Up.start({
    NETWORK_ACCRUAL_PERIOD_MS: '1000',
    REFERRAL_COMPLETION_MICROPOINTS: '200000',
  })
  const ann = await Agent.start(up, 'ann')
  await ann.hasCredits(1)
  const { code } = await overRest(up, referral.procedures.getCode, {
    token: await Agent.token(up, 'ann'),
  })
  agents = [ann, await Agent.start(up, 'bob', ['--referral', code])]
})
afterAll(async () => {
  for (const agent of agents) await agent.stop()
  await up.remove()
})

test(
  `after ${KILLS} kills nothing is lost and nothing counts twice`,
  async () => {
    for (const agent of agents) await agent.hasCredits(1)
    for (let kill = 0; kill < KILLS; kill += 1) {
      await up.kill(SERVICES[kill % SERVICES.length] ?? '')
      await sleep(EVERY_MS)
    }
    const told = agents.map((agent) => agent.credits.length)
    for (const [i, agent] of agents.entries()) await agent.hasCredits((told[i] ?? 0) + 2)
    for (const agent of agents) await agent.stop()
    await auditLedger(up)
  },
  KILLS * 4_000 + 120_000,
)

test('each agent was told every credit once, in order', async () => {
  for (const [i, handle] of ['ann', 'bob'].entries()) {
    const token = await Agent.token(up, handle)
    const told = agents[i]?.credits.map(({ entry_id: id }) => id) ?? []
    const entries: string[] = []
    let cursor: string | undefined
    do {
      const page = await overRest(up, earnings.procedures.listEntries, {
        token,
        input: { limit: 100, ...(cursor !== undefined && { cursor }) },
      })
      entries.push(...page.entries.map(({ id }) => id))
      cursor = page.next_cursor
    } while (cursor !== undefined)
    const oldestFirst = entries.toReversed()
    const first = oldestFirst.indexOf(told[0] ?? '')
    expect(first).toBe(0)
    expect(told).toEqual(oldestFirst.slice(0, told.length))
    expect(told.map((_, index) => agents[i]?.credits[index]?.n)).toEqual(
      told.map((_, index) => index + 1),
    )
  }
})
