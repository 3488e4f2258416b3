import { auth } from '@meshboard/contracts'
import { type Tx, handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import {
  type RefreshToken,
  judgeRenewal,
  macOf,
  readRefreshToken,
  successorOf,
} from '../domain/refresh-token.ts'

/** A token of ours that was used before ends its session: either its holder or its thief holds it. */
export const refresh = handler(
  auth.procedures.refresh,
  async ({ input, fail, log }, deps: Deps) => {
    const { database, renewableSessions, peppers } = deps
    const token = readRefreshToken(input.refresh_token, peppers) ?? fail('session_expired')
    const at = new Date()
    // What ends a session must be kept although the call fails, so failing comes after.
    const renewed = await database.transaction((tx) => renew(tx, { token, at, deps }))
    if (renewed === 'reused')
      log.warn({ session_id: token.sessionId }, 'a used refresh token came back, its session ended')
    if (typeof renewed === 'string') return fail('session_expired')
    return renewableSessions.answer(renewed)
  },
)

const renew = async (
  tx: Tx,
  { token, at, deps }: { token: RefreshToken; at: Date; deps: Deps },
) => {
  const { sessions } = deps
  const { sessionId } = token
  const session = await sessions.lock(tx, sessionId)
  if (!session) return 'ended'
  const { userId, roles } = session
  const verdict = judgeRenewal(session, { mac: macOf(token), now: at })
  if (verdict === 'ended') return verdict
  if (verdict === 'reused') {
    await sessions.revoke(tx, { sessionId, userId, at, reason: 'token_reuse' })
    await tx.publish(auth.events.sessionRevoked, {
      user_id: userId,
      session_id: sessionId,
      reason: 'token_reuse',
      revoked_at: at.toISOString(),
    })
    return verdict
  }
  const next = successorOf(token)
  const rotated =
    verdict === 'current'
      ? await sessions.rotate(tx, { sessionId, refreshMac: macOf(next), at })
      : session
  return { userId, roles, expiresAt: (rotated ?? session).expiresAt, token: next, at }
}
