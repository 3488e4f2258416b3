import { earnings, referral, toMicros } from '@meshboard/contracts'
import { type Tx, consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { type Referral, toldToAll } from '../domain/referral.ts'
import { afterCredit, toRewardEarned, toRewarded, withReward } from '../domain/reward.ts'

/** Rewards earn no rewards. What was credited before a code was applied does not count. */
export const rewardOnCredited = consumer({
  name: 'rewardOnCredited',
  event: earnings.events.credited,
  async handle({ data, tx }, { referrals, terms }: Deps) {
    if (data.source === 'referral') return
    const pending = await referrals.lockPending(tx, data.user_id)
    const credited = pending.map((one) => afterCredit(one, toMicros(data.amount)))
    const isDue = credited.some(({ earnedMicros }) => earnedMicros >= terms.completionMicros)
    if (!isDue) return referrals.saveEarned(tx, credited)
    await publish(tx, await referrals.saveRewarded(tx, credited.map(withReward)))
  },
})

const publish = async (tx: Tx, rewarded: readonly Referral[]): Promise<void> => {
  for (const told of toldToAll(rewarded, 'completed'))
    await tx.publish(referral.events.completed, told)
  await tx.publish(referral.events.rewarded, toRewarded(rewarded))
  for (const told of toRewardEarned(rewarded)) await tx.publish(referral.events.rewardEarned, told)
}
