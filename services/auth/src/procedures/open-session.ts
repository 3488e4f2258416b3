import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { proofOfVouched } from '../domain/proofs.ts'

export const openSession = handler(
  auth.procedures.openSession,
  async ({ input, fail, transaction }, deps: Deps) => {
    const { keys, usedProofs, sessions, tokens } = deps
    const now = new Date()
    const proof = proofOfVouched(input, now) ?? fail('invalid_signature')

    return transaction(async (tx) => {
      const used = { publicKey: proof.publicKey, at: now }
      const holder = (await keys.use(tx, used)) ?? fail('unknown_key')
      if (!(await usedProofs.use(tx, proof))) return fail('invalid_signature')
      const visit = { ...holder, address: input.address, userAgent: input.user_agent, at: now }
      if (input.session_id !== undefined) {
        const renewed = await sessions.renew(tx, { ...visit, sessionId: input.session_id })
        return tokens.issue({ ...holder, ...(renewed ?? fail('session_expired')) }, now)
      }
      const opened = await sessions.open(tx, visit)
      await tx.publish(auth.events.sessionOpened, {
        user_id: holder.userId,
        session_id: opened.sessionId,
        opened_at: now.toISOString(),
      })
      return tokens.issue({ ...holder, ...opened }, now)
    })
  },
)
