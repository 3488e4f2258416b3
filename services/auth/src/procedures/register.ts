import { type Role, auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { proofOfAnswer } from '../domain/proofs.ts'

const FIRST_ROLES: readonly Role[] = ['user']

export const register = handler(
  auth.procedures.register,
  async ({ input, fail, transaction }, deps: Deps) => {
    const { accounts, challenges, usedProofs, sessions, tokens } = deps
    const { username, public_key: publicKey, label } = input
    const now = new Date()
    const proof =
      proofOfAnswer(input, { ...challenges, purpose: 'register', now }) ?? fail('invalid_signature')

    return transaction(async (tx) => {
      if (!(await usedProofs.use(tx, proof))) return fail('invalid_signature')
      if (await accounts.hasKey(tx, publicKey)) return fail('conflict', KEY_TAKEN)
      const account = { username, roles: FIRST_ROLES, at: now }
      const userId = (await accounts.add(tx, account)) ?? fail('conflict', NAME_TAKEN)
      const key = { userId, publicKey, label, at: now }
      const keyId = (await accounts.addKey(tx, key)) ?? fail('conflict', KEY_TAKEN)
      const session = await sessions.open(tx, { userId, keyId, at: now })

      const [user_id, session_id, at] = [userId, session.sessionId, now.toISOString()]
      await tx.publish(auth.events.accountCreated, { user_id, username, created_at: at })
      await tx.publish(auth.events.keyAdded, { user_id, public_key: publicKey, created_at: at })
      await tx.publish(auth.events.sessionOpened, { user_id, session_id, opened_at: at })
      return { ...(await tokens.issue({ userId, roles: FIRST_ROLES, ...session }, now)), username }
    })
  },
)

const NAME_TAKEN = { message: 'This name is taken.', details: { field: 'username' } }
const KEY_TAKEN = {
  message: 'This key is registered already; sign in with it.',
  details: { field: 'public_key' },
}
