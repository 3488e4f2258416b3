import { referral } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toWire, toldToAll } from '../domain/referral.ts'

/** The same code again gives the same referral, since a caller may not have heard the answer. */
export const apply = handler(
  referral.procedures.apply,
  ({ input, caller, fail, transaction }, { applyCode, terms }: Deps) =>
    transaction(async (tx) => {
      const { levels } = terms
      const outcome = await applyCode(tx, { code: input.code, refereeId: caller.userId, levels })
      if (outcome.refusal) return fail(outcome.refusal)
      for (const told of toldToAll(outcome.attached, 'pending'))
        await tx.publish(referral.events.applied, told)
      return toWire(outcome.first)
    }),
)
