// Goal: whatever becomes of Redis, calls are answered, and nobody gets more than with it.
// Method: a Redis of this file's own that is killed, stopped and emptied beneath a gateway under load.
// Shows: R1, R2, R3
import { setTimeout as sleep } from 'node:timers/promises'
import { type RedisServer, hasRedisProgram, startRedis, until } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Door, as, posting, startDoor } from './harness.ts'
import { BAD_SIGNATURE, CHALLENGE, PUBLIC_KEY } from './stand-ins.ts'

if (!hasRedisProgram()) test.skip('skipped: redis-server (MESH_TEST_REDIS_BIN is not set)')

const FULL = process.env['MESH_TEST_FULL'] === '1'
const LIMIT = 8
const ALONE = 2
const AWAY_MS = FULL ? 60_000 : 1_500
const ROUNDS = FULL ? 5 : 1

describe.runIf(hasRedisProgram())('the gateway', () => {
  let redis: RedisServer
  let door: Door
  beforeAll(async () => {
    redis = await startRedis()
    door = await startDoor({
      REDIS_URL: redis.url,
      GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX: String(LIMIT),
      GATEWAY_ATTEMPTS_WINDOW_SECONDS: '3600',
      GATEWAY_TRUSTED_HOPS: '1',
    })
  })
  afterAll(async () => {
    await door.stop()
    await redis.stop()
  })

  let people = 0
  const address = () => `10.1.${(people += 1) >> 8}.${people & 255}`

  /** The status of an attempt that must not succeed. */
  const attempt = async (from: string): Promise<number> => {
    const body = { public_key: PUBLIC_KEY, challenge: CHALLENGE, signature: BAD_SIGNATURE }
    const answer = await fetch(
      `${door.url}/api/auth/verify`,
      posting(body, { 'x-forwarded-for': from }),
    )
    return answer.status
  }

  /** How many unsuccessful attempts an address is let make, of so many that it tries. */
  const attemptsLet = async (from: string, tries: number): Promise<number> => {
    let let_ = 0
    for (let nth = 0; nth < tries; nth += 1) if ((await attempt(from)) !== 429) let_ += 1
    return let_
  }

  const isUsable = async (): Promise<boolean> => {
    await attempt(address())
    const text = await (await fetch(`${door.runtime.ops.url}/metrics`)).text()
    return /^mesh_redis_usable\{.*\} 1$/m.test(text)
  }

  /** Calls with a token, all the time, while `work` runs; gives their statuses. */
  const callsDuring = async (work: () => Promise<void>): Promise<number[]> => {
    const call = as(door)
    const statuses: number[] = []
    let over = false
    const calling = Array.from({ length: 4 }, async () => {
      while (!over) {
        statuses.push((await call('/api/earnings/summary')).status)
        await sleep(2)
      }
    })
    await work().finally(() => (over = true))
    await Promise.all(calling)
    return statuses
  }

  const expectAnswered = (statuses: readonly number[]) => {
    const answered = statuses.filter((status) => status === 200).length
    expect(statuses.length).toBeGreaterThan(50)
    expect(answered / statuses.length).toBeGreaterThanOrEqual(0.999)
  }

  test(
    `answers every call while Redis is dead, and lets nobody try more often; ${ROUNDS} times`,
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = address()
        expect(await attemptsLet(before, 3)).toBe(3)
        const statuses = await callsDuring(async () => {
          await redis.kill()
          expect(await attemptsLet(address(), LIMIT)).toBe(ALONE)
          expect(await attemptsLet(before, LIMIT)).toBe(ALONE)
          await sleep(AWAY_MS)
          await redis.start()
          await until(isUsable)
        })
        expectAnswered(statuses)
        expect(await attemptsLet(address(), LIMIT + 4)).toBe(LIMIT)
      }
    },
    AWAY_MS * ROUNDS + 60_000,
  )

  test(`answers every call while Redis stands still, and counts go on where they were; ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = address()
      expect(await attemptsLet(before, LIMIT)).toBe(LIMIT)
      const statuses = await callsDuring(async () => {
        redis.pause()
        expect(await attemptsLet(address(), LIMIT)).toBe(ALONE)
        await sleep(500)
        redis.resume()
        await until(isUsable)
      })
      expectAnswered(statuses)
      expect(await attempt(before)).toBe(429)
    }
  })

  test('lets nobody in when Redis forgets everything, again and again, and limits hold from then on', async () => {
    const stranger = address()
    const forged = [{ exp: 1 }, { aud: 'other' }, { iss: 'other' }].map((claims) =>
      as(door, claims),
    )
    const statuses = await callsDuring(async () => {
      for (let round = 0; round < 10; round += 1) {
        await attemptsLet(stranger, 3)
        await redis.flush()
        expect(await attemptsLet(stranger, LIMIT + 2)).toBe(LIMIT)
        for (const call of forged) expect((await call('/api/earnings/summary')).status).toBe(401)
        await redis.flush()
      }
    })
    expectAnswered(statuses)
  })
})
