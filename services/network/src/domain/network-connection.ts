import { type OutputOf, type network, toPoints } from '@meshboard/contracts'
import { type Connection, isOpen } from './connection.ts'

/** A connection as its user sees it. */
export type NetworkConnection = OutputOf<typeof network.procedures.get>

export const toNetworkConnection = (connection: Connection): NetworkConnection => ({
  id: connection.id,
  user_id: connection.userId,
  device_id: connection.deviceId,
  network_name: connection.networkName,
  connected: isOpen(connection),
  status: connection.status,
  status_message: connection.statusMessage,
  connection_time: toSeconds(connection.onlineMs),
  network_score: toScore(connection.scoreTenths),
  points_earned: toPoints(connection.pointsEarnedMicros),
  created_at: connection.createdAt.toISOString(),
  updated_at: connection.updatedAt.toISOString(),
})

/** Whole seconds; one that is not full does not count. */
export const toSeconds = (ms: number): number => Math.floor(ms / 1000)

export const toScore = (tenths: number): number => tenths / 10
