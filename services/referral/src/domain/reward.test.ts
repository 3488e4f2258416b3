import { expect, test } from 'vitest'
import type { Referral } from './referral.ts'
import { afterCredit, toRewardEarned, toRewarded, withReward } from './reward.ts'

const at = new Date('2026-11-21T09:00:00.000Z')
const first: Referral = {
  id: 'ref_1',
  referrerId: 'usr_ann',
  refereeId: 'usr_bob',
  code: 'ANN-7K3Q',
  level: 1,
  status: 'rewarded',
  earnedMicros: 0n,
  pointsMicros: 0n,
  createdAt: at,
  completedAt: at,
  rewardedAt: at,
}
const second: Referral = { ...first, id: 'ref_2', referrerId: 'usr_cara', level: 2 }

const rewardedFor = (micros: bigint) =>
  [second, first].map((one) => withReward(afterCredit(one, micros)))

test('a reward has a leg for each level, under the id of the first', () => {
  expect(toRewarded(rewardedFor(8_000_000n))).toEqual({
    referral_id: 'ref_1',
    referee_id: 'usr_bob',
    earned: '8.000000',
    legs: [
      { user_id: 'usr_cara', level: 2, amount: '0.400000', rate: '0.050000' },
      { user_id: 'usr_ann', level: 1, amount: '0.800000', rate: '0.100000' },
    ],
    rule: 'referral-rates@1',
    rewarded_at: at.toISOString(),
  })
})

test('a share below a micropoint is left out, and nobody is told of it', () => {
  const rewarded = rewardedFor(19n)
  expect(toRewarded(rewarded).legs).toEqual([
    { user_id: 'usr_ann', level: 1, amount: '0.000001', rate: '0.100000' },
  ])
  expect(toRewardEarned(rewarded).map(({ user_id }) => user_id)).toEqual(['usr_ann'])
})

test('credits add up', () => {
  expect(afterCredit(afterCredit(first, 2n), 3n).earnedMicros).toBe(5n)
})

test('there is no reward without its first level', () => {
  expect(() => toRewarded([withReward(second)])).toThrow('first level')
})
