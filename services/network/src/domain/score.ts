/** What a device measured. Milliseconds, percent, megabits a second. */
export interface Measured {
  readonly latencyMs: number
  readonly jitterMs: number
  readonly packetLossPct: number
  /** Undefined while not measured: the other three decide alone. */
  readonly bandwidthMbps: number | undefined
}

/** Where a mark has fallen to one half. */
const HALF = { latencyMs: 400, jitterMs: 100, bandwidthMbps: 5 } as const

/**
 * The score of a connection in tenths, 0 to 1000: the product of one mark for each measurement,
 * each between 0 and 1.
 *
 *     latency    400 ÷ (400 + latency)          30 ms 0.93 · 100 ms 0.80 · 400 ms 0.50
 *     jitter     100 ÷ (100 + jitter)           2 ms 0.98 · 20 ms 0.83
 *     loss       (1 − loss)⁴                    1 % 0.96 · 5 % 0.81 · 20 % 0.41
 *     bandwidth  bandwidth ÷ (bandwidth + 5)    100 Mbit/s 0.95 · 20 Mbit/s 0.80 · 5 Mbit/s 0.50
 *
 * A product, so that one bad measurement is not made up for by the others. Each step is monotone in
 * floating point too: a worse measurement never gives a better score.
 */
export const scoreTenthsOf = (measured: Measured): number => {
  const { latencyMs, jitterMs, packetLossPct, bandwidthMbps } = measured
  const arrived = 1 - packetLossPct / 100
  const marks = [
    HALF.latencyMs / (HALF.latencyMs + latencyMs),
    HALF.jitterMs / (HALF.jitterMs + jitterMs),
    arrived * arrived * arrived * arrived,
    bandwidthMbps === undefined ? 1 : 1 - HALF.bandwidthMbps / (HALF.bandwidthMbps + bandwidthMbps),
  ]
  return Math.round(1000 * marks.reduce((product, mark) => product * mark, 1))
}
