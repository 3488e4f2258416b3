import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { proofOfAnswer } from '../domain/proofs.ts'

export const verify = handler(
  auth.procedures.verify,
  async ({ input, fail, transaction }, deps: Deps) => {
    const { accounts, challenges, usedProofs, sessions, tokens } = deps
    const now = new Date()
    const proof =
      proofOfAnswer(input, { ...challenges, purpose: 'login', now }) ?? fail('invalid_signature')

    return transaction(async (tx) => {
      const holder =
        (await accounts.useKey(tx, { publicKey: proof.publicKey, at: now })) ?? fail('unknown_key')
      if (!(await usedProofs.use(tx, proof))) return fail('invalid_signature')
      const session = await sessions.open(tx, { ...holder, at: now })
      await tx.publish(auth.events.sessionOpened, {
        user_id: holder.userId,
        session_id: session.sessionId,
        opened_at: now.toISOString(),
      })
      return tokens.issue({ ...holder, ...session }, now)
    })
  },
)
