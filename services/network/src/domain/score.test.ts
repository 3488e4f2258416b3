import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Measured, scoreTenthsOf } from './score.ts'

const ms = fc.double({ min: 0, max: 60_000, noNaN: true })
const measured: fc.Arbitrary<Measured> = fc.record({
  latencyMs: ms,
  jitterMs: ms,
  packetLossPct: fc.double({ min: 0, max: 100, noNaN: true }),
  bandwidthMbps: fc.option(fc.double({ min: 0, max: 1_000_000, noNaN: true }), { nil: undefined }),
})

test('a score is a whole number of tenths from 0 to 1000', () => {
  fc.assert(
    fc.property(measured, (quality) => {
      const tenths = scoreTenthsOf(quality)
      expect(Number.isInteger(tenths) && tenths >= 0 && tenths <= 1000).toBe(true)
    }),
  )
})

test('a worse measurement never gives a better score', () => {
  const worse = (one: number, other: number) => Math.max(one, other)
  fc.assert(
    fc.property(measured, measured, (one, other) => {
      const both: Measured = {
        latencyMs: worse(one.latencyMs, other.latencyMs),
        jitterMs: worse(one.jitterMs, other.jitterMs),
        packetLossPct: worse(one.packetLossPct, other.packetLossPct),
        bandwidthMbps:
          one.bandwidthMbps === undefined
            ? undefined
            : Math.min(one.bandwidthMbps, other.bandwidthMbps ?? Number.POSITIVE_INFINITY),
      }
      expect(scoreTenthsOf(both)).toBeLessThanOrEqual(scoreTenthsOf(one))
    }),
    { numRuns: 1_000 },
  )
})

const best: Measured = { latencyMs: 0, jitterMs: 0, packetLossPct: 0, bandwidthMbps: undefined }

test.for<[Partial<Measured>, number]>([
  [{}, 1000],
  [{ latencyMs: 400 }, 500],
  [{ jitterMs: 100 }, 500],
  [{ packetLossPct: 1 }, 961],
  [{ packetLossPct: 100 }, 0],
  [{ bandwidthMbps: 5 }, 500],
  [{ bandwidthMbps: 0 }, 0],
  [{ latencyMs: 0.6, jitterMs: 0.1, bandwidthMbps: 412 }, 986],
])('with %j the score is %i tenths', ([quality, tenths]) => {
  expect(scoreTenthsOf({ ...best, ...quality })).toBe(tenths)
})
