import { auth, failure } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { proofOfAnswer } from '../domain/proofs.ts'
import { toKey } from '../store/shown-key.ts'

export const addKey = handler(
  auth.procedures.addKey,
  async ({ input, caller, fail, transaction }, deps: Deps) => {
    const { accounts, challenges, keys, limits, sessions, usedProofs } = deps
    const { userId, sessionId } = caller
    const { public_key: publicKey, label } = input
    const at = new Date()
    const terms = { ...challenges, purpose: 'link_key', now: at } as const
    const proof = proofOfAnswer(input, terms) ?? fail('invalid_signature')

    return transaction(async (tx) => {
      await accounts.lock(tx, userId)
      if (!(await sessions.isLive(tx, { sessionId, userId, at }))) throw failure('session_expired')
      if (!(await usedProofs.use(tx, proof))) return fail('invalid_signature')
      const others = await keys.list(tx, userId)
      if (others.length >= limits.keysPerAccountMax) return fail('conflict', TOO_MANY)
      const added = await keys.add(tx, { userId, publicKey, label, at })
      if (!added) return fail('conflict', TAKEN)
      await tx.publish(auth.events.keyAdded, {
        user_id: userId,
        public_key: publicKey,
        created_at: at.toISOString(),
      })
      return toKey(added)
    })
  },
)

const TOO_MANY = { message: 'This account has as many keys as it can have.' }
const TAKEN = {
  message: 'This key is registered already, or was once.',
  details: { field: 'public_key' },
}
