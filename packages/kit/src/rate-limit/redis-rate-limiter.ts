import { RateLimiterRedis } from 'rate-limiter-flexible'
import { fromFlexible } from './flexible-rate-limiter.ts'
import { createMemoryRateLimiter } from './memory-rate-limiter.ts'
import type { RateLimit, RateLimiter } from './rate-limiter.ts'
import type { Redis } from './redis.ts'

/** What of the limit an instance allows by itself while Redis is gone. */
const ALONE = 0.25

/**
 * Counts in Redis, for all instances together, under `limit:<name>:<key>`. While Redis is gone, slow
 * or full, each instance counts by itself from zero and allows a quarter of the limit (at least one
 * point); as soon as Redis answers again its counts hold, and what was counted meanwhile is forgotten.
 * Never fails.
 */
export const createRedisRateLimiter = (redis: Redis, limit: RateLimit): RateLimiter => {
  const shared = fromFlexible(
    new RateLimiterRedis({
      storeClient: redis.client,
      rejectIfRedisNotReady: true,
      keyPrefix: `limit:${limit.name}`,
      points: limit.points,
      duration: limit.windowSeconds,
    }),
  )
  const points = Math.max(1, Math.floor(limit.points * ALONE))
  const alone = createMemoryRateLimiter({ ...limit, points })
  redis.metrics.known(limit.name)
  const ask = async <T>(question: (limiter: RateLimiter) => Promise<T>): Promise<T> => {
    try {
      const answer = await redis.ask(() => question(shared))
      redis.metrics.answered(limit.name, 'redis')
      return answer
    } catch {
      redis.metrics.answered(limit.name, 'process')
      return question(alone)
    }
  }
  return {
    take: (key, spent) => ask((limiter) => limiter.take(key, spent)),
    peek: (key) => ask((limiter) => limiter.peek(key)),
    reset: (key) => ask((limiter) => limiter.reset(key)),
  }
}
