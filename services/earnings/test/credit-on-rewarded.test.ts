// Shows: L2 (part)
import { type DataOf, earnings, network, referral } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh, TestUser } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { expectWholeLedger } from './ledger-invariants.ts'
import { accrualOf, startEarnings } from './start-earnings.ts'

const { rewarded } = referral.events
const { explain, getSummary, listEntries } = earnings.procedures

let mesh: TestMesh
beforeAll(async () => {
  ;({ mesh } = await startEarnings())
})
afterEach(() => expectWholeLedger(mesh))
afterAll(() => mesh.stop())

/** The reward for 8 points that a referee has earned: ten minutes at score 80. */
const rewardOf = (first: TestUser, second?: TestUser): DataOf<typeof rewarded> => ({
  referral_id: newId('referral'),
  referee_id: newId('user'),
  earned: '8.000000',
  legs: [
    { user_id: first.userId, level: 1, amount: '0.800000', rate: '0.100000' },
    ...(second ? [{ user_id: second.userId, level: 2, amount: '0.400000', rate: '0.050000' }] : []),
  ],
  rule: 'referral-rates@1',
  rewarded_at: '2026-11-21T09:40:00.000Z',
})

const creditsOf = async ({ userId }: TestUser) =>
  (await mesh.published(earnings.events.credited)).filter(({ user_id }) => user_id === userId)

const legsOf = async (sourceId: string) => {
  const { rows } = await mesh.admin.raw<{ rows: Record<string, string>[] }>(
    `select source, account_id, amount_micros, balance_micros, transaction_id
     from earnings.entries join earnings.transactions t on t.id = transaction_id
     where source_id = ? order by amount_micros`,
    [sourceId],
  )
  return rows
}

test('the worked ledger of ten minutes and a reward comes out to the micropoint', async () => {
  const [referee, referrer] = [await mesh.user(), await mesh.user()]
  const accrual = accrualOf(referee.userId)
  await mesh.deliver(network.events.uptimeAccrued, accrual)
  const reward = { ...rewardOf(referrer), referee_id: referee.userId }
  await mesh.deliver(rewarded, reward)

  const issuing = expect.stringMatching(/^issuing\/\d\d$/)
  expect(await legsOf(`${accrual.connection_id}#1`)).toMatchObject([
    { source: 'network', account_id: issuing, amount_micros: '-8000000' },
    { account_id: referee.userId, amount_micros: '8000000', balance_micros: '8000000' },
  ])
  expect(await legsOf(reward.referral_id)).toMatchObject([
    { source: 'referral', account_id: issuing, amount_micros: '-800000' },
    { account_id: referrer.userId, amount_micros: '800000', balance_micros: '800000' },
  ])
})

test('all legs are one transaction, and each user is told of the own one', async () => {
  const [ann, cara] = [await mesh.user(), await mesh.user()]
  const reward = rewardOf(ann, cara)
  await mesh.deliver(rewarded, reward)
  const legs = await legsOf(reward.referral_id)
  expect(legs.map(({ amount_micros }) => amount_micros)).toEqual(['-1200000', '400000', '800000'])
  expect(new Set(legs.map(({ transaction_id }) => transaction_id)).size).toBe(1)
  const amounts = [
    [ann, '0.800000'],
    [cara, '0.400000'],
  ] as const
  for (const [person, amount] of amounts) {
    const { entries } = await mesh.call(listEntries, {}, person)
    expect(await creditsOf(person)).toEqual([
      {
        entry_id: entries[0]?.id,
        user_id: person.userId,
        amount,
        source: 'referral',
        balance: amount,
        timestamp: entries[0]?.timestamp,
      },
    ])
    expect(await mesh.call(getSummary, {}, person)).toMatchObject({ earned: { referral: amount } })
  }
})

test('an entry of a reward is explained by what was earned, the rate and the level', async () => {
  const [ann, cara] = [await mesh.user(), await mesh.user()]
  const source_event = await mesh.deliver(rewarded, rewardOf(ann, cara))
  const { entries } = await mesh.call(listEntries, {}, cara)
  expect(entries[0]?.explanation).toBe('Reward for a user you brought here, level 2.')
  expect(await mesh.call(explain, { entry_id: entries[0]!.id }, cara)).toEqual({
    entry: entries[0],
    formula: 'earned × rate(level)',
    inputs: { earned: '8.000000', rate: '0.050000', level: '2' },
    rule: 'referral-rates@1',
    source_event,
    trace_id: expect.stringMatching(/^(?!0+$)[0-9a-f]{32}$/),
  })
})

test('a reward delivered twice, or told of by a second event, is credited once', async () => {
  const [ann, cara] = [await mesh.user(), await mesh.user()]
  const reward = rewardOf(ann, cara)
  const id = await mesh.deliver(rewarded, reward)
  await mesh.deliver(rewarded, reward, { id, again: true })
  await mesh.deliver(rewarded, { ...reward, rewarded_at: '2026-11-21T10:00:00.000Z' })
  expect(await creditsOf(ann)).toHaveLength(1)
  expect(await creditsOf(cara)).toHaveLength(1)
  expect(await mesh.call(getSummary, {}, ann)).toMatchObject({ balance: '0.800000', entries: 1 })
})

test('other data for a referral, or legs that do not add up, credit nobody', async () => {
  const [ann, eve] = [await mesh.user(), await mesh.user()]
  const reward = rewardOf(ann)
  await mesh.deliver(rewarded, reward)
  await mesh.deliver(rewarded, { ...rewardOf(eve), referral_id: reward.referral_id })
  const generous = rewardOf(eve)
  await mesh.deliver(rewarded, {
    ...generous,
    legs: generous.legs.map((leg) => ({ ...leg, amount: '8.000000' })),
  })
  expect(await creditsOf(eve)).toEqual([])
  expect(await creditsOf(ann)).toHaveLength(1)
})

test('rewards of one user at the same time all count', async () => {
  const [ann, cara] = [await mesh.user(), await mesh.user()]
  const rewards = Array.from({ length: 12 }, (_, nth) =>
    nth % 2 === 0 ? rewardOf(ann, cara) : rewardOf(cara, ann),
  )
  await Promise.all(rewards.map((reward) => mesh.deliver(rewarded, reward)))
  for (const person of [ann, cara]) {
    expect(await mesh.call(getSummary, {}, person)).toMatchObject({
      balance: '7.200000',
      entries: 12,
    })
    expect(await creditsOf(person)).toHaveLength(12)
  }
})
