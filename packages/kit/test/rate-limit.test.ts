// Goal: a limit means the same whatever counts it, and holds in a stated way while Redis is gone.
// Method: one suite over both implementations, against a real Redis behind a path that can break.
// Shows: R1 (part), R2 (part), O5 (part)
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type RateLimit,
  type RateLimiter,
  type Redis,
  createMemoryRateLimiter,
  createRedisRateLimiter,
  openRedis,
  processEnvironment,
} from '../src/index.ts'
import { type RedisPath, openRedisPath } from './redis-path.ts'

const server = processEnvironment()['MESH_TEST_REDIS_URL']

const limitOf = (points: number, windowSeconds = 60): RateLimit => ({
  name: `test_${randomUUID()}`,
  points,
  windowSeconds,
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const connected = async (url: string, onFault: (error: Error) => void = () => {}) => {
  const redis = await openRedis(url, { onFault })
  closing.push(() => redis.close())
  await becomesReady(redis)
  return redis
}

/** With the patience that a busy machine may need: what counts is what it says, not how soon. */
const patient = async (url: string): Promise<Redis> => {
  const redis = await connected(url)
  redis.client.options.commandTimeout = 5_000
  return redis
}

const becomesReady = async (redis: Redis) => {
  for (let waited = 0; !redis.ready; waited += 10) {
    if (waited > 5_000) throw new Error('Redis is not reached')
    await sleep(10)
  }
}

const spend = async (limiter: RateLimiter, key: string, times: number) => {
  let allowed = 0
  for (let time = 0; time < times; time += 1) {
    if ((await limiter.take(key)).allowed) allowed += 1
  }
  return allowed
}

const suite = (make: (limit: RateLimit) => Promise<RateLimiter>) => {
  test('as many points are allowed as the limit has, and then none', async () => {
    const limiter = await make(limitOf(3))
    expect(await spend(limiter, 'a', 5)).toBe(3)
  })

  test('what is left is told, and a look costs nothing', async () => {
    const limiter = await make(limitOf(3))
    expect(await limiter.peek('a')).toEqual({ allowed: true, remaining: 3 })
    expect(await limiter.take('a', 2)).toEqual({ allowed: true, remaining: 1 })
    expect(await limiter.peek('a')).toEqual({ allowed: true, remaining: 1 })
    expect(await limiter.take('a')).toEqual({ allowed: true, remaining: 0 })
    expect((await limiter.peek('a')).allowed).toBe(false)
  })

  test('a refusal says when the window ends', async () => {
    const limiter = await make(limitOf(1, 30))
    await limiter.take('a')
    for (const verdict of [await limiter.take('a'), await limiter.peek('a')]) {
      const wait = verdict.allowed ? 0 : verdict.retryAfterMs
      expect(wait).toBeGreaterThan(28_000)
      expect(wait).toBeLessThanOrEqual(30_000)
    }
  })

  test('the count begins anew when the window has ended', async () => {
    const limiter = await make(limitOf(1, 1))
    await limiter.take('a')
    expect((await limiter.take('a')).allowed).toBe(false)
    await sleep(1_100)
    expect(await limiter.peek('a')).toEqual({ allowed: true, remaining: 1 })
    expect((await limiter.take('a')).allowed).toBe(true)
  })

  test('many takes at once never get more than the limit', async () => {
    const limiter = await make(limitOf(5))
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => limiter.take('a')))
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5)
  })

  test('keys are counted apart, and a reset forgets one', async () => {
    const limiter = await make(limitOf(1))
    await limiter.take('a')
    await limiter.take('b')
    await limiter.reset('a')
    expect((await limiter.peek('a')).allowed).toBe(true)
    expect((await limiter.peek('b')).allowed).toBe(false)
  })

  test('limits of different names do not share a count', async () => {
    const [one, other] = [await make(limitOf(1)), await make(limitOf(1))]
    await one.take('a')
    expect((await other.peek('a')).allowed).toBe(true)
  })
}

describe('counted in memory', () => suite(async (limit) => createMemoryRateLimiter(limit)))

if (server === undefined) {
  test.skip('skipped: redis-server (MESH_TEST_REDIS_URL is not set)')
}

describe.runIf(server !== undefined)('counted in Redis', () => {
  const url = server ?? ''
  suite(async (limit) => createRedisRateLimiter(await patient(url), limit))

  test('two instances share one count', async () => {
    const limit = limitOf(4)
    const one = createRedisRateLimiter(await patient(url), limit)
    const other = createRedisRateLimiter(await patient(url), limit)
    expect(await spend(one, 'a', 3)).toBe(3)
    expect(await spend(other, 'a', 3)).toBe(1)
  })

  test('a key expires with its window, so that nothing stays behind', async () => {
    const redis = await patient(url)
    const limit = limitOf(1, 7)
    await createRedisRateLimiter(redis, limit).take('a')
    expect(await redis.client.ttl(`limit:${limit.name}:a`)).toBeGreaterThan(5)
  })
})

describe.runIf(server !== undefined)('while Redis is gone', () => {
  const broken = async (points: number) => {
    const path = await openRedisPath(server ?? '')
    closing.push(() => path.cut())
    const faults: Error[] = []
    const redis = await connected(path.url, (fault) => faults.push(fault))
    return { path, redis, faults, limiter: createRedisRateLimiter(redis, limitOf(points)) }
  }

  const returns = async ({ path, redis }: { path: RedisPath; redis: Redis }) => {
    await path.mend()
    await becomesReady(redis)
  }

  test('killed in the middle: each instance allows a quarter, and the old counts hold again later', async () => {
    const parts = await broken(20)
    expect(await spend(parts.limiter, 'a', 12)).toBe(12)
    await parts.path.cut()
    expect(await spend(parts.limiter, 'a', 12)).toBe(5)
    await returns(parts)
    expect(await spend(parts.limiter, 'a', 12)).toBe(8)
  })

  test('a limit of one still allows one', async () => {
    const parts = await broken(1)
    await parts.path.cut()
    expect(await spend(parts.limiter, 'a', 3)).toBe(1)
  })

  test('a Redis that stalls costs a moment, not an answer', async () => {
    const parts = await broken(8)
    parts.path.stall()
    const began = Date.now()
    expect(await spend(parts.limiter, 'a', 4)).toBe(2)
    expect(Date.now() - began).toBeLessThan(1_500)
  })

  test('an outage is told of once, and the next one again', async () => {
    const parts = await broken(4)
    await parts.path.cut()
    await expect.poll(() => parts.faults.length).toBeGreaterThan(0)
    const told = parts.faults.length
    await sleep(600)
    expect(parts.faults.length).toBe(told)
    await returns(parts)
    await parts.path.cut()
    await expect.poll(() => parts.faults.length).toBe(told + 1)
  })

  test('a service can start and stop without it', async () => {
    const parts = await broken(4)
    await parts.path.cut()
    for (const lifeMs of [0, 5, 150, 400]) {
      const redis = await openRedis(parts.path.url, { onFault: () => {} })
      const limiter = createRedisRateLimiter(redis, limitOf(8))
      expect((await limiter.take('a')).allowed).toBe(true)
      await sleep(lifeMs)
      await redis.close()
      await redis.close()
    }
  })
})
