import { earnings, referral } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { creditsOf } from '../domain/credit.ts'
import { rewardPosting } from '../domain/reward.ts'

/**
 * Credits all legs of a reward in one transaction, once for each referral even when a second event
 * tells of it. One that says something else, or does not add up, becomes a dead letter.
 */
export const creditOnRewarded = consumer({
  name: 'creditOnRewarded',
  event: referral.events.rewarded,
  async handle({ id, data, traceId, tx }, { ledger }: Deps) {
    const posting = rewardPosting(data)
    const posted = await ledger.post(tx, posting, { sourceEvent: id, traceId })
    for (const credit of creditsOf(posting, posted))
      await tx.publish(earnings.events.credited, credit)
  },
})
