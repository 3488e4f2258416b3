import { failure, referral } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { fromCursor, toCursor } from '../domain/cursor.ts'
import { toWire } from '../domain/referral.ts'

const PAGE = 20

/** What is added while somebody pages is on no later page, and nothing is on two. */
export const list = handler(
  referral.procedures.list,
  async ({ input, caller }, { database, referrals }: Deps) => {
    const { limit = PAGE, cursor } = input
    const before = cursor === undefined ? undefined : idOf(cursor)
    const found = await referrals.listOf(database.query, {
      referrerId: caller.userId,
      before,
      max: limit + 1,
    })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      referrals: page.map(toWire),
      ...(last && found.length > limit && { next_cursor: toCursor(last.id) }),
    }
  },
)

const idOf = (cursor: string): string => {
  const id = fromCursor(cursor)
  if (id !== undefined) return id
  throw failure('invalid', { fields: { cursor: ['Use a cursor that a page gave.'] } })
}
