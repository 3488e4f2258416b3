import { z } from 'zod'

/** What the NATS services protocol (ADR-32) allows; a field it does not name is refused. */
const NAME = z.string().regex(/^[A-Za-z0-9_-]+$/)
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/
const metadata = z.record(z.string(), z.string())

const identity = {
  name: NAME,
  id: z.string().min(1),
  version: z.string().regex(SEMVER),
  metadata,
}
const endpoint = {
  name: NAME,
  subject: z.string().regex(/^[^ >]+>?$/),
  queue_group: z.string().regex(/^[^ >]+$/),
}
const count = z.int().nonnegative()

/** The answer to `$SRV.PING`. */
export const Ping = z.strictObject({
  type: z.literal('io.nats.micro.v1.ping_response'),
  ...identity,
})

/** The answer to `$SRV.INFO`. */
export const Info = z.strictObject({
  type: z.literal('io.nats.micro.v1.info_response'),
  ...identity,
  description: z.string(),
  endpoints: z.array(z.strictObject({ ...endpoint, metadata })),
})

/** The answer to `$SRV.STATS`; times in nanoseconds. */
export const Stats = z.strictObject({
  type: z.literal('io.nats.micro.v1.stats_response'),
  ...identity,
  started: z.iso.datetime(),
  endpoints: z.array(
    z.strictObject({
      ...endpoint,
      num_requests: count,
      num_errors: count,
      last_error: z.string(),
      processing_time: count,
      average_processing_time: count,
    }),
  ),
})
