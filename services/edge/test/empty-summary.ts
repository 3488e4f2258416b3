import type { Procedure } from '@meshboard/contracts'
import type { CallContext } from '@meshboard/kit'

/** What earnings says to somebody who has none. */
export const emptySummary = ({ caller }: CallContext<Procedure>) => ({
  user_id: (caller as unknown as { userId: string }).userId,
  balance: '0.000000',
  earned: { network: '0.000000', referral: '0.000000', bonus: '0.000000' },
  entries: 0,
})
