import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import { fromFlexible } from './flexible-rate-limiter.ts'
import type { RateLimit, RateLimiter } from './rate-limiter.ts'
import type { Redis } from './redis.ts'

/** What of the limit an instance allows by itself while Redis is gone. */
const ALONE = 0.25

/**
 * Counts in Redis, for all instances together, under `limit:<name>:<key>`. While Redis is gone or
 * slow, each instance counts by itself from zero and allows a quarter of the limit (at least one
 * point); as soon as Redis answers again its counts hold, and what was counted meanwhile is forgotten.
 * Never fails.
 */
export const createRedisRateLimiter = (redis: Redis, limit: RateLimit): RateLimiter => {
  const keyPrefix = `limit:${limit.name}`
  const duration = limit.windowSeconds
  const alone = Math.max(1, Math.floor(limit.points * ALONE))
  return fromFlexible(
    new RateLimiterRedis({
      storeClient: redis.client,
      rejectIfRedisNotReady: true,
      keyPrefix,
      points: limit.points,
      duration,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points: alone, duration }),
    }),
  )
}
