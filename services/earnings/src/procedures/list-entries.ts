import { earnings, failure } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { fromCursor, toCursor } from '../domain/cursor.ts'
import { toEntry } from '../domain/entry.ts'

const PAGE = 20

/** What is added while somebody pages is on no later page, and nothing is on two. */
export const listEntries = handler(
  earnings.procedures.listEntries,
  async ({ input, caller }, { database, ledger }: Deps) => {
    const { limit = PAGE, cursor } = input
    const before = cursor === undefined ? undefined : versionOf(cursor)
    const found = await ledger.entriesOf(database.query, {
      userId: caller.userId,
      before,
      max: limit + 1,
    })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      entries: page.map(toEntry),
      ...(last && found.length > limit && { next_cursor: toCursor(last.version) }),
    }
  },
)

const versionOf = (cursor: string): bigint => {
  const version = fromCursor(cursor)
  if (version !== undefined) return version
  throw failure('invalid', { fields: { cursor: ['Use a cursor that a page gave.'] } })
}
