import type { Server } from 'node:http'
import {
  type Opening,
  type RateLimit,
  type RateLimiter,
  createDoorServer,
  createMemoryRateLimiter,
  createRedisRateLimiter,
  openRedis,
} from '@meshboard/kit'
import type { GatewayConfig } from './config.ts'
import { measureRequests } from './request-metrics.ts'

/** What the gateway has opened. */
export interface Deps {
  /** Not yet listening: that is the task's. */
  readonly server: Server
  /** Counts unsuccessful attempts by address. */
  readonly attempts: RateLimiter
}

/** How late a client that is too slow may be closed. */
const SLOW_CLIENTS_CHECK_MS = 500

export const open = async (opening: Opening<GatewayConfig>): Promise<Deps> => ({
  server: openServer(opening),
  attempts: await openAttempts(opening),
})

const openServer = ({ config, log, metrics }: Opening<GatewayConfig>): Server => {
  const http = {
    maxHeaderSize: config.headerBytesMax,
    headersTimeout: config.headersTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveMs,
    connectionsCheckingInterval: SLOW_CLIENTS_CHECK_MS,
  }
  const server = createDoorServer({ config, http, log, registry: metrics.registry })
  server.maxConnections = config.connectionsMax
  server.timeout = config.silenceMs
  measureRequests(server, metrics.registry)
  return server
}

const openAttempts = async ({
  config,
  log,
  metrics,
  onClose,
}: Opening<GatewayConfig>): Promise<RateLimiter> => {
  const limit: RateLimit = {
    name: 'gateway_attempts',
    points: config.attemptsMax,
    windowSeconds: config.attemptsWindowSeconds,
  }
  const address = config.redisUrl.reveal()
  if (address === '') return createMemoryRateLimiter(limit)
  const redis = await openRedis(address, {
    registry: metrics.registry,
    caFile: config.redisCaFile,
    onFault: (error) =>
      log.warn({ err: error }, 'Redis not reached: attempts are counted here, more strictly'),
    onWarning: (warning) => log.warn(warning),
  })
  onClose(() => redis.close(), 'redis')
  return createRedisRateLimiter(redis, limit)
}
