import { earnings, network } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { creditsOf } from '../domain/credit.ts'
import { uptimePosting } from '../domain/posting.ts'

/**
 * Credits an accrual once, even when a second event tells of it. One that says something else under
 * the same number is refused, and becomes a dead letter.
 */
export const creditOnUptimeAccrued = consumer({
  name: 'creditOnUptimeAccrued',
  event: network.events.uptimeAccrued,
  async handle({ id, data, traceId, tx }, { ledger }: Deps) {
    const posting = uptimePosting(data)
    if (!posting) return
    const posted = await ledger.post(tx, posting, { sourceEvent: id, traceId })
    for (const credit of creditsOf(posting, posted))
      await tx.publish(earnings.events.credited, credit)
  },
})
