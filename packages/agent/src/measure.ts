/** How long an echo may take before it counts as lost, milliseconds. */
export const ECHO_TIMEOUT_MS = 2_000

/** A connection's quality over some time, in the contract's units. */
export interface Measured {
  latency_ms: number
  jitter_ms: number
  packet_loss_pct: number
  bandwidth_mbps?: number
}

/**
 * What echoes say about a connection. Latency is the mean round trip; jitter the mean difference of
 * successive round trips, as RFC 3550 §6.4.1 compares successive packets; loss the share of echoes
 * without an answer.
 */
export class Measurement {
  #roundTripsMs: number[] = []
  #differencesMs: number[] = []
  #lost = 0
  #previousMs: number | undefined
  #bandwidthMbps: number | undefined
  #taken: Measured | undefined

  /** An echo came back after `ms`. */
  answered(ms: number): void {
    if (this.#previousMs !== undefined) this.#differencesMs.push(Math.abs(ms - this.#previousMs))
    this.#roundTripsMs.push(ms)
    this.#previousMs = ms
  }

  /** An echo did not come back in time. */
  lost(): void {
    this.#lost += 1
  }

  /** The newest throughput, megabits a second; it stands until the next. */
  throughput(mbps: number): void {
    this.#bandwidthMbps = mbps
  }

  /**
   * The quality since it was last taken, which begins anew. Without an echo since then it is the
   * one before; undefined when there never was one. With every echo lost, the latency is the time
   * after which they counted as lost: at least that much.
   */
  take(): Measured | undefined {
    const echoes = this.#roundTripsMs.length + this.#lost
    if (echoes > 0) {
      this.#taken = {
        latency_ms: rounded(mean(this.#roundTripsMs) ?? ECHO_TIMEOUT_MS),
        jitter_ms: rounded(mean(this.#differencesMs) ?? 0),
        packet_loss_pct: rounded((this.#lost / echoes) * 100),
      }
    }
    this.#roundTripsMs = []
    this.#differencesMs = []
    this.#lost = 0
    const mbps = this.#bandwidthMbps
    return (
      this.#taken && {
        ...this.#taken,
        ...(mbps !== undefined && { bandwidth_mbps: rounded(mbps) }),
      }
    )
  }
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length

/** Three decimals: microseconds, and kilobits a second. */
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
