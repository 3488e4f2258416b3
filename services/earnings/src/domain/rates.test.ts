import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toTenths, uptimeMicros } from './rates.ts'

const onlineMs = fc.integer({ min: 0, max: 2 ** 40 })
const scoreTenths = fc.integer({ min: 0, max: 1000 })

test.for<[number, number, bigint]>([
  [60_000, 1000, 1_000_000n],
  [600_000, 800, 8_000_000n],
  [60_000, 986, 986_000n],
  [60_000, 1, 1_000n],
  [5_000, 986, 82_166n],
  [1, 1, 0n],
  [59, 1, 0n],
  [60, 1, 1n],
  [0, 1000, 0n],
  [60_000, 0, 0n],
])('%i ms at %i tenths earn %i micropoints', ([ms, tenths, micros]) => {
  expect(uptimeMicros({ onlineMs: ms, scoreTenths: tenths })).toBe(micros)
})

test('the amount is the exact fraction rounded down, never negative', () => {
  fc.assert(
    fc.property(onlineMs, scoreTenths, (ms, tenths) => {
      const micros = uptimeMicros({ onlineMs: ms, scoreTenths: tenths })
      const exact = BigInt(ms) * BigInt(tenths)
      expect(micros >= 0n && micros * 60n <= exact && exact < (micros + 1n) * 60n).toBe(true)
    }),
  )
})

test('more time or a better score never earns less', () => {
  fc.assert(
    fc.property(onlineMs, scoreTenths, onlineMs, scoreTenths, (ms, tenths, more, better) => {
      const least = uptimeMicros({ onlineMs: ms, scoreTenths: tenths })
      const most = { onlineMs: Math.max(ms, more), scoreTenths: Math.max(tenths, better) }
      expect(uptimeMicros(most)).toBeGreaterThanOrEqual(least)
    }),
  )
})

test('time reported in pieces never earns more than at once', () => {
  fc.assert(
    fc.property(fc.array(onlineMs, { minLength: 1 }), scoreTenths, (pieces, tenths) => {
      const earn = (ms: number) => uptimeMicros({ onlineMs: ms, scoreTenths: tenths })
      const inPieces = pieces.reduce((sum, ms) => sum + earn(ms), 0n)
      const atOnce = earn(pieces.reduce((sum, ms) => sum + ms, 0))
      expect(inPieces <= atOnce && atOnce - inPieces < BigInt(pieces.length)).toBe(true)
    }),
  )
})

test('every score with one decimal is its tenths', () => {
  for (let tenths = 0; tenths <= 1000; tenths += 1) expect(toTenths(tenths / 10)).toBe(tenths)
})
