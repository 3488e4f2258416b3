import { failure, notification } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { fromCursor, toCursor } from '../domain/cursor.ts'
import { toNotification } from '../domain/notification.ts'

const PAGE = 20

/** What is told while somebody pages is on no later page, and nothing is on two. */
export const list = handler(
  notification.procedures.list,
  async ({ input, caller }, { database, notifications }: Deps) => {
    const { limit = PAGE, cursor } = input
    const found = await notifications.pageOf(database.query, {
      userId: caller.userId,
      before: cursor === undefined ? undefined : idOf(cursor),
      max: limit + 1,
    })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      notifications: page.map(toNotification),
      unread: await notifications.countUnread(database.query, caller.userId),
      ...(last && found.length > limit && { next_cursor: toCursor(last.id) }),
    }
  },
)

const idOf = (cursor: string): string => {
  const id = fromCursor(cursor)
  if (id !== undefined) return id
  throw failure('invalid', { fields: { cursor: ['Use a cursor that a page gave.'] } })
}
