import { type DataOf, type InputOf, network } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { isOpen } from '../domain/connection.ts'
import { type Beat, heartbeatOf } from '../domain/heartbeat.ts'
import { toNetworkConnection, toScore, toSeconds } from '../domain/network-connection.ts'
import { type Measured, scoreTenthsOf } from '../domain/score.ts'

/** What accrues is raised with the change, so that no full period is lost or counted twice. */
export const heartbeat = handler(
  network.procedures.heartbeat,
  ({ input, caller, fail, transaction }, { connections, times }: Deps) =>
    transaction(async (tx) => {
      const owned = { id: input.connection_id, userId: caller.userId }
      const locked = (await connections.lock(tx, owned)) ?? fail('not_found')
      if (!isOpen(locked.connection))
        return fail('invalid_network_data', { message: 'The connection is closed; connect first.' })

      const { now } = locked
      const scoreTenths = scoreTenthsOf(toMeasured(input.quality))
      const beat = heartbeatOf(locked.connection, { now, scoreTenths, ...times })
      const connection = await connections.save(tx, beat.connection)
      if (beat.notable)
        await tx.publish(network.events.scoreChanged, toNetworkConnection(connection))
      if (beat.accruedMs > 0) await tx.publish(network.events.uptimeAccrued, toAccrual(beat, now))
      return {
        connection_id: connection.id,
        status: connection.status,
        network_score: toScore(connection.scoreTenths),
        connection_time: toSeconds(connection.onlineMs),
      }
    }),
)

type Quality = InputOf<typeof network.procedures.heartbeat>['quality']

const toMeasured = (quality: Quality): Measured => ({
  latencyMs: quality.latency_ms,
  jitterMs: quality.jitter_ms,
  packetLossPct: quality.packet_loss_pct,
  bandwidthMbps: quality.bandwidth_mbps,
})

const toAccrual = (
  { connection, accruedMs }: Beat,
  now: Date,
): DataOf<typeof network.events.uptimeAccrued> => ({
  user_id: connection.userId,
  connection_id: connection.id,
  accrual: connection.accruals,
  online_ms: accruedMs,
  network_score: toScore(connection.scoreTenths),
  accrued_at: now.toISOString(),
})
