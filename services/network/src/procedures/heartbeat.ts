import { type DataOf, type InputOf, type OutputOf, network } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { type Connection, isOpen } from '../domain/connection.ts'
import { type Beat, heartbeatOf } from '../domain/heartbeat.ts'
import { toNetworkConnection, toScore, toSeconds } from '../domain/network-connection.ts'
import { type Measured, scoreTenthsOf } from '../domain/score.ts'
import { changedByDevice } from '../domain/status-change.ts'

/**
 * What accrues is raised with the change, so that no full period is lost or counted twice. What was
 * measured only matters now: it is said once the change has happened.
 */
export const heartbeat = handler(
  network.procedures.heartbeat,
  async ({ input, caller, fail, transaction }, { connections, times, sendSignal }: Deps) => {
    const answer = await transaction(async (tx) => {
      const owned = { id: input.connection_id, userId: caller.userId }
      const locked = (await connections.lock(tx, owned)) ?? fail('not_found')
      if (!isOpen(locked.connection))
        return fail('invalid_network_data', { message: 'The connection is closed; connect first.' })

      const { now } = locked
      const scoreTenths = scoreTenthsOf(toMeasured(input.quality))
      const beat = heartbeatOf(locked.connection, { now, scoreTenths, ...times })
      const connection = await connections.save(tx, beat.connection)
      if (connection.status !== locked.connection.status)
        await tx.publish(network.events.statusChanged, changedByDevice(connection))
      if (beat.notable)
        await tx.publish(network.events.scoreChanged, toNetworkConnection(connection))
      if (beat.accruedMs > 0) await tx.publish(network.events.uptimeAccrued, toAccrual(beat, now))
      return toAnswer(connection)
    })
    sendSignal(network.signals.sampled, { key: caller.userId, data: toSample(input, answer) })
    return answer
  },
)

type Answer = OutputOf<typeof network.procedures.heartbeat>

const toAnswer = (connection: Connection): Answer => ({
  connection_id: connection.id,
  status: connection.status,
  network_score: toScore(connection.scoreTenths),
  connection_time: toSeconds(connection.onlineMs),
})

const toSample = (
  { quality }: { quality: Quality },
  { connection_id, network_score }: Answer,
): DataOf<typeof network.signals.sampled> => ({
  timestamp: new Date().toISOString(),
  path_id: connection_id,
  metrics: { ...quality, score: network_score },
})

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
