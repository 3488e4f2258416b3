import { auth, failure } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { loginFaults, proofOfLogin } from '../domain/proofs.ts'

export const verify = handler(
  auth.procedures.verify,
  async ({ input, fail, transaction }, deps: Deps) => {
    const { keys, challenges, usedProofs, renewableSessions } = deps
    const fields = loginFaults(input)
    if (fields) throw failure('invalid', { fields })
    const at = new Date()
    const proof = proofOfLogin(input, { ...challenges, now: at }) ?? fail('invalid_signature')

    return transaction(async (tx) => {
      const holder = (await keys.use(tx, { publicKey: proof.publicKey, at })) ?? fail('unknown_key')
      if (!(await usedProofs.use(tx, proof))) return fail('invalid_signature')
      return renewableSessions.open(tx, { ...holder, at })
    })
  },
)
