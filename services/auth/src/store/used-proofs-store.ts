import type { Queryable, Tx } from '@meshboard/db'
import type { Proof } from '../domain/proofs.ts'

/** The proofs that were used, so that none is used again. */
export const usedProofsStore = {
  /** Whether this is the proof's first use. Of two at a time the second waits for the first's end. */
  async use(tx: Tx, proof: Proof): Promise<boolean> {
    const used = await tx('used_proofs')
      .insert({
        public_key: proof.publicKey,
        kind: proof.kind,
        value: proof.value,
        remember_until: proof.rememberUntil,
      })
      .onConflict()
      .ignore()
      .returning('kind')
    return used.length > 0
  },

  async prune(query: Queryable, now: Date): Promise<void> {
    await query('used_proofs').where('remember_until', '<', now).delete()
  },
}
