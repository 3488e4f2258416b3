import type { CodeOf, referral } from '@meshboard/contracts'

/** Why a code is not applied. */
export type Refusal = CodeOf<typeof referral.procedures.apply>

/** A user says that another one brought them, and what is known of both. */
export interface Application {
  readonly refereeId: string
  readonly referrerId: string
  /** Who brought the referee, if that was said before. */
  readonly earlierReferrerId: string | undefined
  /** Who brought the referrer, who brought that one, and so on to the top. */
  readonly above: readonly string[]
}

/** Why the code is not applied; undefined when it is, or was before. */
export const refusalOf = (application: Application): Refusal | undefined => {
  const { refereeId, referrerId, earlierReferrerId, above } = application
  if (referrerId === refereeId) return 'own_code'
  if (earlierReferrerId === referrerId) return undefined
  if (earlierReferrerId !== undefined) return 'already_referred'
  if (above.includes(refereeId)) return 'circular_referral'
  return undefined
}
