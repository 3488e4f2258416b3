import { RateLimiterMemory } from 'rate-limiter-flexible'
import { fromFlexible } from './flexible-rate-limiter.ts'
import type { RateLimit, RateLimiter } from './rate-limiter.ts'

/** Counts in this process only, and forgets with it. */
export const createMemoryRateLimiter = ({ name, points, windowSeconds }: RateLimit): RateLimiter =>
  fromFlexible(new RateLimiterMemory({ keyPrefix: name, points, duration: windowSeconds }))
