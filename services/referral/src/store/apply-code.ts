import type { Tx } from '@meshboard/db'
import { type Refusal, refusalOf } from '../domain/application.ts'
import type { Referral } from '../domain/referral.ts'
import { codesStore } from './codes-store.ts'
import { referralsStore } from './referrals-store.ts'

/** What became of a code that was applied. */
export type Outcome =
  | { readonly refusal: Refusal }
  /** `attached` has every level that is new: none when the same code was applied before. */
  | { readonly refusal?: undefined; readonly first: Referral; readonly attached: Referral[] }

/** Stores who brought the referee, once in that user's life. */
export const applyCode = async (
  tx: Tx,
  given: { code: string; refereeId: string; levels: number },
): Promise<Outcome> => {
  const { refereeId, levels } = given
  const code = await codesStore.find(tx, given.code)
  if (!code) return { refusal: 'unknown_code' }

  await referralsStore.claimTree(tx)
  const earlier = await referralsStore.bringing(tx, refereeId)
  const above = await referralsStore.above(tx, code.userId)
  const refusal = refusalOf({
    refereeId,
    referrerId: code.userId,
    earlierReferrerId: earlier?.referrerId,
    above,
  })
  if (refusal) return { refusal }
  if (earlier) return { first: earlier, attached: [] }

  const attached = await referralsStore.attach(tx, { code, refereeId, above, levels })
  const first = attached.find(({ level }) => level === 1)
  if (!first) throw new Error('no referral of the first level came back')
  return { first, attached }
}
