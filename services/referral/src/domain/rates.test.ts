import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LEVELS_MAX, REWARDED_MICROS_MIN, rateOf, rewardMicros } from './rates.ts'

test.for<[bigint, number, bigint]>([
  [8_000_000n, 1, 800_000n],
  [8_000_000n, 2, 400_000n],
  [8_000_000n, 3, 0n],
  [10n, 1, 1n],
  [9n, 1, 0n],
  [19n, 2, 0n],
  [20n, 2, 1n],
  [123_456_789n, 1, 12_345_678n],
  [123_456_789n, 2, 6_172_839n],
  [0n, 1, 0n],
])('%i micropoints at level %i give %i', ([earned, level, micros]) => {
  expect(rewardMicros(earned, level)).toBe(micros)
})

test('a reward is the exact fraction rounded down, and all levels never give what was earned', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (earned) => {
      const levels = Array.from({ length: LEVELS_MAX }, (_, above) => above + 1)
      for (const level of levels) {
        const exact = earned * rateOf(level)
        const micros = rewardMicros(earned, level) * 1_000_000n
        expect(micros <= exact && exact - micros < 1_000_000n).toBe(true)
      }
      const all = levels.reduce((sum, level) => sum + rewardMicros(earned, level), 0n)
      expect(all * 100n <= earned * 15n).toBe(true)
    }),
  )
})

test('the least sum that can be asked for gives something, and one less gives nothing', () => {
  expect(rewardMicros(REWARDED_MICROS_MIN, 1)).toBe(1n)
  expect(rewardMicros(REWARDED_MICROS_MIN - 1n, 1)).toBe(0n)
})
