import { referral, toPoints } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import type { Status } from '../domain/referral.ts'

/** Over all levels, as `list` shows them. */
export const statistics = handler(
  referral.procedures.statistics,
  async ({ caller }, { database, referrals }: Deps) => {
    const tallies = await referrals.tallyOf(database.query, caller.userId)
    const of = (status: Status) => tallies.find((tally) => tally.status === status)?.count ?? 0
    return {
      total: tallies.reduce((sum, { count }) => sum + count, 0),
      pending: of('pending'),
      completed: of('completed'),
      rewarded: of('rewarded'),
      points: toPoints(tallies.reduce((sum, { pointsMicros }) => sum + pointsMicros, 0n)),
    }
  },
)
