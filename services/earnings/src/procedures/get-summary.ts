import { earnings, toPoints } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'

/** Who has earned nothing yet has a balance of 0. */
export const getSummary = handler(
  earnings.procedures.getSummary,
  async ({ caller }, { database, ledger }: Deps) => {
    const { balanceMicros, earnedMicros, entries, lastEntryAt } = await ledger.summaryOf(
      database.query,
      caller.userId,
    )
    return {
      user_id: caller.userId,
      balance: toPoints(balanceMicros),
      earned: {
        network: toPoints(earnedMicros.network),
        referral: toPoints(earnedMicros.referral),
        bonus: toPoints(earnedMicros.bonus),
      },
      entries,
      ...(lastEntryAt && { last_entry_at: lastEntryAt.toISOString() }),
    }
  },
)
