import { type DataOf, type earnings, toPoints } from '@meshboard/contracts'
import type { PostedEntry } from './entry.ts'
import { isIssuingAccount } from './issuing-account.ts'
import type { Posting } from './posting.ts'

/** What the users of a posting are told of its entries. */
export const creditsOf = (
  { source, legs }: Posting,
  posted: readonly PostedEntry[],
): DataOf<typeof earnings.events.credited>[] =>
  posted
    .filter(({ accountId }) => !isIssuingAccount(accountId))
    .map((entry) => {
      const connectionId = legs.find(({ accountId }) => accountId === entry.accountId)?.connectionId
      return {
        entry_id: entry.id,
        user_id: entry.accountId,
        amount: toPoints(entry.micros),
        source,
        balance: toPoints(entry.balanceMicros),
        ...(connectionId !== undefined && { connection_id: connectionId }),
        timestamp: entry.at.toISOString(),
      }
    })
