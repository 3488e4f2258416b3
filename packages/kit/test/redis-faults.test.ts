// Goal: a Redis that hangs costs next to nothing, and one that may forget counts is told of.
// Method: limiters on a Redis of this file's own that is stopped, filled and told to evict.
// Shows: R2, R4
import { tracingChannel } from 'node:diagnostics_channel'
import { hasRedisProgram, startRedis, until } from '@meshboard/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { type Redis, createMetrics, createRedisRateLimiter, openRedis } from '../src/index.ts'

if (!hasRedisProgram()) test.skip('skipped: redis-server (MESH_TEST_REDIS_BIN is not set)')

const FULL = process.env['MESH_TEST_FULL'] === '1'
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const limit = { name: 'test', points: 40, windowSeconds: 600 }

const startParts = async (settings: readonly string[] = []) => {
  const server = await startRedis(settings)
  closing.push(() => server.stop())
  const warnings: string[] = []
  const metrics = createMetrics('test')
  const redis = await openRedis(server.url, {
    registry: metrics.registry,
    onFault: () => {},
    onWarning: (warning) => warnings.push(warning),
  })
  closing.push(() => redis.close())
  await until(() => redis.ready)
  const measured = async (name: string) => {
    const text = await metrics.registry.metrics()
    const line = text.split('\n').find((one) => one.startsWith(name)) ?? ''
    return Number(line.split(' ').at(-1))
  }
  return { server, redis, warnings, measured, limiter: createRedisRateLimiter(redis, limit) }
}

/** Counts what is sent to any Redis of this process while `work` runs. */
const commandsDuring = async (work: () => Promise<unknown>): Promise<number> => {
  let sent = 0
  const channel = tracingChannel('ioredis:command')
  const listeners = {
    start: () => void (sent += 1),
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: () => undefined,
    error: () => undefined,
  }
  channel.subscribe(listeners)
  await work()
  channel.unsubscribe(listeners)
  return sent
}

describe.runIf(hasRedisProgram())('a Redis that stands still', () => {
  const ROUNDS = FULL ? 5 : 1

  test(`is asked by a few, and by nobody else until it answers again; ${ROUNDS} times`, async () => {
    const { server, limiter, measured } = await startParts()
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `key ${round}`
      for (let time = 0; time < 30; time += 1) await limiter.take(key)

      server.pause()
      let allowed = 0
      const sent = await commandsDuring(async () => {
        for (let time = 0; time < 1_000; time += 1)
          if ((await limiter.take(key)).allowed) allowed += 1
      })
      expect(sent).toBeGreaterThan(4)
      expect(sent).toBeLessThan(10)
      expect(allowed).toBe(10)
      expect(await measured('mesh_redis_usable')).toBe(0)

      server.resume()
      await until(async () => {
        await limiter.peek('x')
        return (await measured('mesh_redis_usable')) === 1
      })
      expect((await limiter.peek(key)).allowed).toBe(true)
      for (let time = 0; time < 10; time += 1) await limiter.take(key)
      expect((await limiter.take(key)).allowed).toBe(false)
    }
  })

  test('callers at the same moment wait for no more than one command', async () => {
    const { server, limiter, redis } = await startParts()
    await limiter.take('a')
    server.pause()
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => limiter.take('a')))
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10)
    const later = await commandsDuring(() => limiter.take('b'))
    expect(later).toBe(0)
    expect(redis.ready).toBe(true)
  })

  test('what each limiter was answered by is measured', async () => {
    const { server, limiter, measured } = await startParts()
    for (let time = 0; time < 3; time += 1) await limiter.take('a')
    await server.kill()
    await limiter.take('a')
    const counted = (store: string) =>
      measured(`mesh_limit_answers_total{limit="test",store="${store}"`)
    expect([await counted('redis'), await counted('process')]).toEqual([3, 1])
    await server.start()
  })
})

describe.runIf(hasRedisProgram())('a Redis whose memory is full', () => {
  /** As if so much else had come in: what is there no longer fits. */
  const fill = async ({ client }: Redis) => {
    await client.config('SET', 'maxmemory', '1')
    await client.set('more', 'x').catch(() => undefined)
  }

  test('keeps every count with noeviction, and what does not fit is counted more strictly', async () => {
    const parts = await startParts(['maxmemory 8mb', 'maxmemory-policy noeviction'])
    for (let time = 0; time < 41; time += 1) await parts.limiter.take('spent')
    await fill(parts.redis)
    let allowed = 0
    for (let time = 0; time < 40; time += 1)
      if ((await parts.limiter.take('new')).allowed) allowed += 1
    expect(allowed).toBe(10)

    await parts.redis.client.config('SET', 'maxmemory', '0')
    await until(async () => !(await parts.limiter.peek('spent')).allowed)
    expect(parts.warnings).toEqual([])
    expect(await parts.measured('mesh_redis_may_evict')).toBe(0)
  })

  test('is told of with every other policy, by a line that names the right one', async () => {
    const parts = await startParts(['maxmemory 8mb', 'maxmemory-policy allkeys-lru'])
    await until(() => parts.warnings.length > 0)
    expect(parts.warnings[0]).toContain('allkeys-lru')
    expect(parts.warnings[0]).toContain('noeviction')
    expect(await parts.measured('mesh_redis_may_evict')).toBe(1)

    for (let time = 0; time < 41; time += 1) await parts.limiter.take('spent')
    await fill(parts.redis)
    expect((await parts.limiter.peek('spent')).allowed).toBe(true)
  })

  test('is no matter where memory has no limit', async () => {
    const parts = await startParts(['maxmemory-policy allkeys-lru'])
    await parts.limiter.take('a')
    expect(parts.warnings).toEqual([])
  })
})
