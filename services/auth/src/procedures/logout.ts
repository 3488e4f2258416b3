import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const logout = handler(
  auth.procedures.logout,
  async ({ caller, transaction }, { sessions }: Deps) => {
    const { userId, sessionId } = caller
    const at = new Date()
    return transaction(async (tx) => {
      const reason = 'logout'
      if (await sessions.revoke(tx, { sessionId, userId, at, reason }))
        await tx.publish(auth.events.sessionRevoked, {
          user_id: userId,
          session_id: sessionId,
          reason,
          revoked_at: at.toISOString(),
        })
      return {}
    })
  },
)
