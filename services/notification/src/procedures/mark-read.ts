import { notification } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toNotification } from '../domain/notification.ts'

/** Idempotent: what was read before keeps its time, and is not told of again. */
export const markRead = handler(
  notification.procedures.markRead,
  ({ input, caller, fail, transaction }, { notifications }: Deps) =>
    transaction(async (tx) => {
      const owned = { id: input.id, userId: caller.userId }
      const read = await notifications.markRead(tx, owned)
      if (!read) return toNotification((await notifications.find(tx, owned)) ?? fail('not_found'))
      await tx.publish(notification.events.read, {
        user_id: read.userId,
        id: read.id,
        read_at: read.readAt.toISOString(),
      })
      return toNotification(read)
    }),
)
