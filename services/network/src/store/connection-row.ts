import type { Connection, Status } from '../domain/connection.ts'

/** A row of `connections` as the driver gives it: `bigint` columns as text. */
export interface ConnectionRow {
  id: string
  user_id: string
  device_id: string
  network_name: string
  status: Status
  status_message: string
  score_tenths: number
  announced_tenths: number
  online_ms: string
  remainder_ms: number
  accruals: number
  points_earned_micros: string
  seen_at: Date
  created_at: Date
  updated_at: Date
}

export const toConnection = (row: ConnectionRow): Connection => ({
  id: row.id,
  userId: row.user_id,
  deviceId: row.device_id,
  networkName: row.network_name,
  status: row.status,
  statusMessage: row.status_message,
  scoreTenths: row.score_tenths,
  announcedTenths: row.announced_tenths,
  onlineMs: Number(row.online_ms),
  remainderMs: row.remainder_ms,
  accruals: row.accruals,
  pointsEarnedMicros: BigInt(row.points_earned_micros),
  seenAt: row.seen_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
