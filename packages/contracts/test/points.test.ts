// Goal: no micropoint is lost or made between the ledger and the wire.
// Method: properties over the whole range of amounts.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MICROS_PER_POINT, Points, toMicros, toPoints } from '../src/index.ts'

const most = 10n ** 13n * MICROS_PER_POINT - 1n
const amount = fc.bigInt({ min: -most, max: most })

describe('points', () => {
  test('come back from the wire as they were', () => {
    fc.assert(fc.property(amount, (micros) => toMicros(toPoints(micros)) === micros))
  })

  test('on the wire are what the schema says', () => {
    fc.assert(fc.property(amount, (micros) => Points.safeParse(toPoints(micros)).success))
  })

  test('keep their sum', () => {
    const half = fc.bigInt({ min: -most / 2n, max: most / 2n })
    fc.assert(
      fc.property(half, half, (a, b) => toMicros(toPoints(a)) + toMicros(toPoints(b)) === a + b),
    )
  })

  test('read the same with fewer decimals', () => {
    fc.assert(
      fc.property(amount, (micros) => toMicros(toPoints(micros).replace(/\.?0+$/, '')) === micros),
    )
  })

  test('are written with six decimals', () => {
    expect(toPoints(986_000n)).toBe('0.986000')
    expect(toPoints(-1n)).toBe('-0.000001')
    expect(toPoints(0n)).toBe('0.000000')
    expect(toPoints(12_402_100n)).toBe('12.402100')
  })

  test.each([
    '',
    ' ',
    '1,5',
    '.5',
    '5.',
    '1e3',
    '+1',
    '--1',
    '0x1',
    '1.0000001',
    'NaN',
    '１',
    '1\n',
  ])('are not read from %j', (text) => expect(() => toMicros(text)).toThrow(RangeError))

  test('beyond thirteen digits are refused', () => {
    expect(toMicros('9'.repeat(13))).toBe(9_999_999_999_999_000_000n)
    expect(() => toMicros('9'.repeat(14))).toThrow(RangeError)
  })
})
