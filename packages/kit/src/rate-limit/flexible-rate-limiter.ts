import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimiter, Verdict } from './rate-limiter.ts'

/** The limiters of `rate-limiter-flexible` behind our interface. */
export const fromFlexible = (counter: RateLimiterAbstract): RateLimiter => ({
  async take(key, points = 1) {
    try {
      return allowed(await counter.consume(key, points))
    } catch (spent) {
      if (spent instanceof RateLimiterRes) return refused(spent)
      throw spent
    }
  },
  async peek(key) {
    const counted = await counter.get(key)
    if (!counted || counted.msBeforeNext <= 0) return { allowed: true, remaining: counter.points }
    return counted.remainingPoints > 0 ? allowed(counted) : refused(counted)
  },
  async reset(key) {
    await counter.delete(key)
  },
})

const allowed = ({ remainingPoints }: RateLimiterRes): Verdict => ({
  allowed: true,
  remaining: remainingPoints,
})

const refused = ({ msBeforeNext }: RateLimiterRes): Verdict => ({
  allowed: false,
  retryAfterMs: Math.max(1, msBeforeNext),
})
