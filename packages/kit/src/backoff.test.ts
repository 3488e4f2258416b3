import { expect, test } from 'vitest'
import { delayBefore, persist } from './backoff.ts'

const backoff = { firstMs: 100, maxMs: 1_000 }

test('delays spread over the whole range, also at the cap', () => {
  const delays = Array.from({ length: 500 }, () => delayBefore(20, backoff))
  expect(Math.max(...delays)).toBeLessThanOrEqual(1_000)
  expect(Math.min(...delays)).toBeLessThan(200)
  expect(Math.max(...delays)).toBeGreaterThan(800)
})

test('work is repeated until it succeeds, each failure seen', async () => {
  const faults: number[] = []
  let tries = 0
  const done = await persist(
    async () => {
      if ((tries += 1) < 3) throw new Error('not yet')
      return 'done'
    },
    {
      backoff: { firstMs: 1, maxMs: 2 },
      signal: AbortSignal.timeout(1_000),
      onFault: (_error, attempt) => faults.push(attempt),
    },
  )
  expect([done, faults]).toEqual(['done', [1, 2]])
})

test('an aborted signal ends the repeating', async () => {
  const never = persist(() => Promise.reject(new Error('no')), {
    backoff: { firstMs: 1, maxMs: 5 },
    signal: AbortSignal.timeout(30),
    onFault: () => undefined,
  })
  await expect(never).rejects.toThrow()
})
