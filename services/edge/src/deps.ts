import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { allContracts, describeContract } from '@meshboard/contracts'
import {
  type Opening,
  type RateLimiter,
  createMemoryRateLimiter,
  createRedisRateLimiter,
  openRedis,
} from '@meshboard/kit'
import { Admission } from './admission.ts'
import type { Config } from './config.ts'
import type { Connection } from './connection.ts'
import { type EdgeMetrics, createEdgeMetrics } from './edge-metrics.ts'
import { Heartbeat } from './heartbeat.ts'
import { Hub } from './hub.ts'
import { LiveFeeds } from './live-feeds.ts'
import { MemoryPlaces } from './places/memory-places.ts'
import type { Places } from './places/places.ts'
import { RedisPlaces } from './places/redis-places.ts'
import { Replay, type Source } from './replay.ts'
import { StreamStates } from './stream-states.ts'
import { Tickets } from './tickets.ts'
import { Turn } from './turn.ts'

/** What all sockets share. Nothing here outlives the process, and a reconnect rebuilds all of it. */
export interface Deps {
  readonly admission: Admission
  readonly connections: Set<Connection>
  readonly heartbeat: Heartbeat
  readonly hub: Hub
  readonly live: LiveFeeds
  readonly replay: Replay
  readonly states: StreamStates
  readonly tickets: Tickets
  readonly turn: Turn
  readonly metrics: EdgeMetrics
  /** How many sockets each user has. */
  readonly places: Places
  /** Counts logins that came to nothing, by address. */
  readonly attempts: RateLimiter
  /** What this process calls itself. */
  readonly node: string
  /** A short name of all contracts as this build has them. */
  readonly contract: string
  /** Where the doors are; 0 until they open. */
  port: number
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => {
  const { broker, config, rpc, onClose } = opening
  const metrics = createEdgeMetrics(opening.metrics.registry, () => hub.size + live.size)
  const states = new StreamStates(rpc)
  const onRead = () => metrics.replayReads.inc()
  const replay = new Replay({ broker, states, readsMax: config.replayReadsMax, onRead })
  const { hub, live } = openFeeds(opening, { replay, states, metrics })
  const heartbeat = new Heartbeat(config.pingIntervalMs, config.silenceMs)
  onClose(async () => heartbeat.stop())
  return {
    ...(await openCounts(opening)),
    admission: new Admission({
      socketsMax: config.connectionsMax,
      strangersMax: config.strangersMax,
    }),
    connections: new Set(),
    heartbeat,
    hub,
    live,
    replay,
    states,
    tickets: new Tickets({ secret: config.ticketSecret.reveal(), lifeMs: config.ticketLifeMs }),
    turn: new Turn(),
    metrics,
    node: config.node || hostname(),
    contract: fingerprint(),
    port: 0,
  }
}

/** What is counted over all edges: in Redis, or here while there is none. */
const openCounts = async ({
  config,
  log,
  metrics,
  onClose,
}: Opening<Config>): Promise<Pick<Deps, 'places' | 'attempts'>> => {
  const limit = { name: 'edge_attempts', points: config.attemptsMax, windowSeconds: 60 }
  const address = config.redisUrl.reveal()
  if (address === '') {
    const places = new MemoryPlaces(config.userConnectionsMax)
    return { places, attempts: createMemoryRateLimiter(limit) }
  }
  const redis = await openRedis(address, {
    registry: metrics.registry,
    onFault: (error) =>
      log.warn({ err: error }, 'Redis not reached: counts are kept here, more strictly'),
    onWarning: (warning) => log.warn(warning),
  })
  const places = new RedisPlaces(redis, config.userConnectionsMax)
  const keepingUp = setInterval(() => void places.keepUp(), KEEP_UP_MS)
  onClose(async () => {
    clearInterval(keepingUp)
    await redis.close()
  }, 'redis')
  return { places, attempts: createRedisRateLimiter(redis, limit) }
}

const KEEP_UP_MS = 60_000

const openFeeds = (
  { broker, config, log, onClose }: Opening<Config>,
  { replay, states, metrics }: Pick<Deps, 'replay' | 'states' | 'metrics'>,
): Pick<Deps, 'hub' | 'live'> => {
  const told = {
    broker,
    onPush: ({ channel }: Pick<Source, 'channel'>) => metrics.eventsPushed.inc({ channel }),
    onFault: (error: unknown, { channel }: Pick<Source, 'channel'>) =>
      log.warn({ err: error, channel }, 'feed disturbed'),
  }
  const parts = { ...told, replay, states, checkMs: config.positionCheckMs }
  const hub = new Hub(parts, config.feedLingerMs)
  const live = new LiveFeeds(told)
  onClose(() => hub.close())
  onClose(() => live.close())
  return { hub, live }
}

const fingerprint = (): string =>
  createHash('sha256')
    .update(JSON.stringify(allContracts.map(describeContract)))
    .digest('hex')
    .slice(0, 8)
