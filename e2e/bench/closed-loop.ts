/** A closed loop: so many calls in flight, for so long or so many. */
export interface Loop {
  readonly inFlight: number
  readonly seconds: number
  /** Goes on until there were so many, for four times as long at the most. */
  readonly callsMin?: number
}

/** So many calls until the compilers have done their work. */
export const WARM_CALLS = 40_000

/** What a loop gave; latencies in microseconds. */
export interface LoopResult {
  readonly calls: number
  readonly seconds: number
  readonly p50Micros: number
  readonly p99Micros: number
}

/** Bounds a run on a machine that is much faster than those we know. */
const CALLS_MAX = 2_000_000

/** Keeps `inFlight` calls under way, each begun when one has ended. Throws what a call throws. */
export const closedLoop = async (
  call: () => Promise<unknown>,
  { inFlight, seconds }: Loop,
): Promise<LoopResult> => {
  const took: number[] = []
  const began = performance.now()
  const end = began + seconds * 1_000
  const worker = async () => {
    for (let before = performance.now(); before < end && took.length < CALLS_MAX;) {
      await call()
      const now = performance.now()
      took.push(now - before)
      before = now
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const lasted = (performance.now() - began) / 1_000
  const sorted = Float64Array.from(took).sort()
  return { calls: took.length, seconds: lasted, ...percentilesOf(sorted) }
}

const percentilesOf = (sorted: Float64Array) => ({
  p50Micros: Math.round((sorted[Math.floor(sorted.length * 0.5)] ?? 0) * 1_000),
  p99Micros: Math.round((sorted[Math.floor(sorted.length * 0.99)] ?? 0) * 1_000),
})
