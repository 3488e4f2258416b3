import { type DataOf, type referral, toPoints } from '@meshboard/contracts'
import { RATES_RULE, rateOf, rewardMicros } from './rates.ts'
import { type Referral, toTold } from './referral.ts'

/** The same referral after its referee has earned that much more. */
export const afterCredit = (one: Referral, micros: bigint): Referral => ({
  ...one,
  earnedMicros: one.earnedMicros + micros,
})

/** The same referral with what its referrer gets for what the referee has earned. */
export const withReward = (one: Referral): Referral => ({
  ...one,
  pointsMicros: rewardMicros(one.earnedMicros, one.level),
})

/** All that one reward gives, under the id of the first level's referral. */
export const toRewarded = (
  rewarded: readonly Referral[],
): DataOf<typeof referral.events.rewarded> => {
  const first = rewarded.find(({ level }) => level === 1)
  if (!first?.rewardedAt) throw new Error('a reward has no referral of the first level')
  return {
    referral_id: first.id,
    referee_id: first.refereeId,
    earned: toPoints(first.earnedMicros),
    legs: giving(rewarded).map(({ referrerId, level, pointsMicros }) => ({
      user_id: referrerId,
      level,
      amount: toPoints(pointsMicros),
      rate: toPoints(rateOf(level)),
    })),
    rule: RATES_RULE,
    rewarded_at: first.rewardedAt.toISOString(),
  }
}

/** What each referrer who gets something is told. */
export const toRewardEarned = (
  rewarded: readonly Referral[],
): DataOf<typeof referral.events.rewardEarned>[] =>
  giving(rewarded).map((one) => ({
    ...toTold(one, { userId: one.referrerId, status: 'rewarded' }),
    points: toPoints(one.pointsMicros),
  }))

const giving = (rewarded: readonly Referral[]): Referral[] =>
  rewarded.filter(({ pointsMicros }) => pointsMicros > 0n)
