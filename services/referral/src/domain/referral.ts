import { type DataOf, type OutputOf, type referral, toPoints } from '@meshboard/contracts'

type Wire = OutputOf<typeof referral.procedures.apply>

export type Status = Wire['status']

/** One user brought by another. */
export interface Referral {
  readonly id: string
  readonly referrerId: string
  readonly refereeId: string
  /** The code that was applied. */
  readonly code: string
  /** 1: brought by the referrer; 2: by somebody whom the referrer had brought. */
  readonly level: number
  readonly status: Status
  /** What the referee has earned since; stands still once it is rewarded. */
  readonly earnedMicros: bigint
  readonly pointsMicros: bigint
  readonly createdAt: Date
  readonly completedAt: Date | undefined
  readonly rewardedAt: Date | undefined
}

/** What a screen is told of a referral. */
export type Told = DataOf<typeof referral.events.applied>

/** A referral as people see it. */
export const toWire = (one: Referral): Wire => ({
  id: one.id,
  referrer_id: one.referrerId,
  referee_id: one.refereeId,
  code: one.code,
  level: one.level,
  status: one.status,
  points: toPoints(one.pointsMicros),
  created_at: one.createdAt.toISOString(),
  ...(one.completedAt && { completed_at: one.completedAt.toISOString() }),
  ...(one.rewardedAt && { rewarded_at: one.rewardedAt.toISOString() }),
})

/** What that user is told: the referral has come to that status. */
export const toTold = (
  one: Referral,
  { userId, status }: { userId: string; status: Status },
): Told => ({
  user_id: userId,
  referral_id: one.id,
  referrer_id: one.referrerId,
  referee_id: one.refereeId,
  level: one.level,
  status,
  at: (one.rewardedAt ?? one.completedAt ?? one.createdAt).toISOString(),
})

/** What all sides are told: the referee once, and the referrer of each level. */
export const toldToAll = (referrals: readonly Referral[], status: Status): Told[] =>
  referrals.flatMap((one) => {
    const { level, refereeId, referrerId } = one
    const hearers = level === 1 ? [refereeId, referrerId] : [referrerId]
    return hearers.map((userId) => toTold(one, { userId, status }))
  })
