import type { StreamInfo } from '@nats-io/jetstream'
import { millis } from '@nats-io/transport-node'
import { dangersOf } from './dangers.ts'

/** A copy of a stream on another server than its leader's. */
export interface StreamPeer {
  readonly server: string
  /** Whether it has all the leader has. */
  readonly isCurrent: boolean
  /** The leader has not heard of it for five seconds, or ever; once a second is usual. */
  readonly isAway: boolean
  /** Writes it is behind. */
  readonly lag: number
}

/** How a stream does. */
export interface StreamHealth {
  readonly name: string
  readonly bytes: number
  /** -1 for without end. */
  readonly bytesMax: number
  /** Copies it is to have. */
  readonly copies: number
  /** The server that leads it; undefined while none does, and on a broker of one server. */
  readonly leader: string | undefined
  readonly peers: readonly StreamPeer[]
  /** How it is kept that can lose what it has acknowledged: a sentence each. */
  readonly dangers: readonly string[]
}

const AWAY_MS = 5_000

/** What the broker says of a stream, as its keeper wants to know it. */
export const healthOf = (
  { config, state, cluster }: StreamInfo,
  { isCluster }: { isCluster: boolean },
): StreamHealth => ({
  name: config.name,
  bytes: state.bytes,
  bytesMax: config.max_bytes,
  copies: config.num_replicas,
  leader: cluster?.leader,
  peers: (cluster?.replicas ?? []).map(({ name, current, offline, active, lag }) => ({
    server: name,
    isCurrent: current,
    isAway: offline === true || (!current && isUnheard(active)),
    // Left out where it is 0.
    lag: Number(lag) || 0,
  })),
  dangers: dangersOf(config, { isCluster }),
})

/** Of one that it has never heard of a leader says 0. */
const isUnheard = (active: number): boolean => active === 0 || millis(active) > AWAY_MS
