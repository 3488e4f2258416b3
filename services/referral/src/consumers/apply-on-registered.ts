import { referral, user } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toldToAll } from '../domain/referral.ts'

/** A code that `apply` would refuse is passed over: nobody is there to hear of it. */
export const applyOnRegistered = consumer({
  name: 'applyOnRegistered',
  event: user.events.registered,
  async handle({ data, tx, log }, { applyCode, terms }: Deps) {
    if (data.referral_code === undefined) return
    const given = { code: data.referral_code, refereeId: data.user_id, levels: terms.levels }
    const outcome = await applyCode(tx, given)
    if (outcome.refusal)
      return log.info({ refereeId: data.user_id, reason: outcome.refusal }, 'code passed over')
    for (const told of toldToAll(outcome.attached, 'pending'))
      await tx.publish(referral.events.applied, told)
  },
})
