import { auth, failure } from '@meshboard/contracts'
import { type Tx, handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import type { StoredKey } from '../store/keys-store.ts'

export const revokeKey = handler(
  auth.procedures.revokeKey,
  async ({ input, caller, fail, transaction }, deps: Deps) => {
    const { accounts, keys, sessions } = deps
    const { userId, sessionId } = caller
    const at = new Date()
    return transaction(async (tx) => {
      // Nobody else takes this account's keys away meanwhile, so the last one stays the last.
      const account = await accounts.lock(tx, userId)
      const all = await keys.list(tx, userId)
      const key = all.find(({ public_key }) => public_key === input.public_key) ?? fail('not_found')
      if (key.revoked_at) return {}
      if (!(await sessions.isLive(tx, { sessionId, userId, at }))) throw failure('session_expired')
      const usable = all.filter(({ revoked_at }) => revoked_at === null)
      if (usable.length === 1 && !account?.password) return fail('conflict', LAST_KEY)
      await end(tx, { key, at, deps })
      return {}
    })
  },
)

/** The key, and the sessions that it opened. */
const end = async (tx: Tx, { key, at, deps }: { key: StoredKey; at: Date; deps: Deps }) => {
  const { user_id, public_key } = key
  const [revoked_at, reason] = [at.toISOString(), 'key_revoked' as const]
  await deps.keys.revoke(tx, { id: key.id, at })
  await tx.publish(auth.events.keyRevoked, { user_id, public_key, revoked_at })
  for (const session_id of await deps.sessions.revokeOfKey(tx, { keyId: key.id, at, reason }))
    await tx.publish(auth.events.sessionRevoked, { user_id, session_id, reason, revoked_at })
}

const LAST_KEY = { message: 'Nothing else signs in to this account; add another key first.' }
