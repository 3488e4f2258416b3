import { z } from 'zod'

/** What a device measured of its own connection since its last heartbeat. */
export const Quality = z.object({
  /** Round trip, milliseconds. */
  latency_ms: z.number().min(0).max(60_000),
  /** Mean difference of successive round trips, milliseconds (RFC 3550 §6.4.1). */
  jitter_ms: z.number().min(0).max(60_000),
  /** Probes without an answer within 2 s, percent. */
  packet_loss_pct: z.number().min(0).max(100),
  /** Throughput, megabits a second; absent while not measured. */
  bandwidth_mbps: z.number().min(0).max(1_000_000).optional(),
})

/** What a connection can be. A stale one is still open. */
export const Status = z.enum(['connected', 'stale', 'disconnected'])
