import { earnings, network, toPoints } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
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
    const credit = posted.find(({ accountId }) => accountId === data.user_id)
    if (!credit) return
    await tx.publish(earnings.events.credited, {
      entry_id: credit.id,
      user_id: data.user_id,
      amount: toPoints(credit.micros),
      source: posting.source,
      balance: toPoints(credit.balanceMicros),
      connection_id: data.connection_id,
      timestamp: credit.at.toISOString(),
    })
  },
})
