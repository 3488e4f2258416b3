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
import { Canary } from './canary.ts'
import type { Config } from './config.ts'
import type { Connection } from './connection.ts'
import { socketsAllowed } from './descriptors.ts'
import { type EdgeMetrics, createEdgeMetrics, registerLooked } from './edge-metrics.ts'
import { Heartbeat } from './heartbeat.ts'
import { type Feeds, openFeeds } from './open-feeds.ts'
import { OutboundBudget } from './outbound-budget.ts'
import { MemoryPlaces } from './places/memory-places.ts'
import type { Places } from './places/places.ts'
import { RedisPlaces } from './places/redis-places.ts'
import { type PressureMetrics, createPressureMetrics } from './pressure-metrics.ts'
import { refuseUnordered } from './socket-limits.ts'
import { StreamStates } from './stream-states.ts'
import { Tickets } from './tickets.ts'
import { Traffic } from './traffic.ts'
import { Turn } from './turn.ts'
import { Turnstile } from './turnstile.ts'

/** What all sockets share. Nothing here outlives the process, and a reconnect rebuilds all of it. */
export interface Deps extends Feeds {
  readonly admission: Admission
  readonly canary: Canary
  readonly connections: Set<Connection>
  readonly heartbeat: Heartbeat
  readonly states: StreamStates
  readonly tickets: Tickets
  readonly traffic: Traffic
  /** Tokens that are checked at a time; as many more wait as there may be strangers. */
  readonly verifications: Turnstile
  readonly turn: Turn
  /** What waits for all sockets together. */
  readonly budget: OutboundBudget
  readonly metrics: EdgeMetrics
  readonly pressure: PressureMetrics
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
  const { config, rpc } = opening
  refuseUnordered(config)
  const metrics = createEdgeMetrics(opening.metrics.registry)
  const states = new StreamStates(rpc)
  const budget = new OutboundBudget(config.outboundBudgetBytesMax)
  const feeds = openFeeds(opening, { states, metrics })
  const heartbeat = openHeartbeat(opening, metrics)
  return {
    ...(await openCounts(opening)),
    admission: openAdmission(opening),
    ...lookedAt(opening, () => feeds.hub.size + feeds.live.size),
    ...feeds,
    connections: new Set(),
    heartbeat,
    states,
    tickets: new Tickets({ secret: config.ticketSecret.reveal(), lifeMs: config.ticketLifeMs }),
    verifications: new Turnstile(VERIFICATIONS_MAX),
    turn: new Turn(),
    budget,
    metrics,
    pressure: createPressureMetrics(opening.metrics.registry, budget),
    node: nodeName(config),
    contract: fingerprint(),
    port: 0,
  }
}

const openAdmission = (opening: Opening<Config>): Admission => {
  const { strangersMax } = opening.config
  return new Admission({ socketsMax: socketsAllowed(opening), strangersMax })
}

const openHeartbeat = (
  { config, onClose }: Opening<Config>,
  { pingDuration }: EdgeMetrics,
): Heartbeat => {
  const onAnswer = (ms: number) => pingDuration.observe(ms / 1_000)
  const heartbeat = new Heartbeat(config.pingIntervalMs, { silenceMs: config.silenceMs, onAnswer })
  onClose(async () => heartbeat.stop())
  return heartbeat
}

/** What is measured by looking at it. */
const lookedAt = (
  { metrics }: Opening<Config>,
  feeds: () => number,
): Pick<Deps, 'canary' | 'traffic'> => {
  const [canary, traffic] = [new Canary(), new Traffic()]
  registerLooked(metrics.registry, {
    feeds,
    canaryAgeMs: () => canary.ageMs,
    sentBytes: () => traffic.sent,
    receivedBytes: () => traffic.received,
  })
  return { canary, traffic }
}

const nodeName = ({ node, process }: Config): string =>
  `${node || hostname()}${process > 0 ? `-${process}` : ''}`

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
    caFile: config.redisCaFile,
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
/** Fewer than the kit takes before it calls itself overloaded. */
const VERIFICATIONS_MAX = 128

const fingerprint = (): string =>
  createHash('sha256')
    .update(JSON.stringify(allContracts.map(describeContract)))
    .digest('hex')
    .slice(0, 8)
