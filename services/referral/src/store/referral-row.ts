import type { Referral, Status } from '../domain/referral.ts'

/** A row of `referrals` as the driver gives it: `bigint` columns as text. */
export interface ReferralRow {
  id: string
  referrer_id: string
  referee_id: string
  code: string
  level: number
  status: Status
  earned_micros: string
  points_micros: string
  created_at: Date
  completed_at: Date | null
  rewarded_at: Date | null
}

export const toReferral = (row: ReferralRow): Referral => ({
  id: row.id,
  referrerId: row.referrer_id,
  refereeId: row.referee_id,
  code: row.code,
  level: row.level,
  status: row.status,
  earnedMicros: BigInt(row.earned_micros),
  pointsMicros: BigInt(row.points_micros),
  createdAt: row.created_at,
  completedAt: row.completed_at ?? undefined,
  rewardedAt: row.rewarded_at ?? undefined,
})
