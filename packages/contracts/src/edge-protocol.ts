import { z } from 'zod'
import {
  AccessToken,
  Challenge,
  IdempotencyKey,
  PublicKey,
  SessionId,
  Signature,
  Timestamp,
  UserId,
} from './values.ts'

/**
 * The frames between a client and the edge at `/ws/v1`, version 1. Each is an object with a `type`;
 * an array of frames is a batch. Unknown fields are ignored.
 */

/** Chosen by the client, unique while the request is in flight: unsigned 32 bits, not 0. */
const RequestId = z.int().min(1).max(0xffff_ffff)

const ChannelRef = {
  channel: z.string().min(1).max(64),
  params: z.record(z.string().max(64), z.string().max(64)).optional(),
}

/** A place in a channel: the stream's sequence, the channel's own count, and the stream's epoch. */
export const Position = z.object({
  seq: z.int().min(0),
  n: z.int().min(0),
  epoch: z.string().max(16),
})

/** From where a subscription begins: after a position, with the last few, or after a time. */
const Since = z.union([
  Position,
  z.object({ last: z.int().min(1).max(100) }),
  z.object({ time: Timestamp }),
])

const hello = z.object({
  type: z.literal('hello'),
  token: AccessToken.optional(),
  public_key: PublicKey.optional(),
  contract: z.string().max(64).optional(),
  client: z.string().max(128).optional(),
})

const authenticate = z.object({
  type: z.literal('auth'),
  token: AccessToken.optional(),
  public_key: PublicKey.optional(),
  /** Over the challenge of `welcome` or of the last `auth_expiring` warning. */
  signature: Signature.optional(),
})

const subscribe = z.object({
  type: z.literal('subscribe'),
  id: RequestId,
  ...ChannelRef,
  since: Since.optional(),
  /** Only events whose filter fields have these values. */
  filter: z.record(z.string().max(64), z.string().max(64)).optional(),
})

const unsubscribe = z.object({ type: z.literal('unsubscribe'), id: RequestId, ...ChannelRef })

const call = z.object({
  type: z.literal('call'),
  id: RequestId,
  /** `<service>.<procedure>`. */
  procedure: z.string().min(3).max(129),
  data: z.unknown().optional(),
  timeout_ms: z.int().min(1).max(60_000).optional(),
  idempotency_key: IdempotencyKey.optional(),
  /** W3C trace context, so that the client's own trace goes on. */
  traceparent: z.string().max(64).optional(),
})

const cancel = z.object({ type: z.literal('cancel'), id: RequestId })

const pong = z.object({ type: z.literal('pong') })

/** What a client may send. */
export const ClientFrame = z.discriminatedUnion('type', [
  hello,
  authenticate,
  subscribe,
  unsubscribe,
  call,
  cancel,
  pong,
])
export type ClientFrame = z.infer<typeof ClientFrame>
export type ClientFrameOf<T extends ClientFrame['type']> = Extract<ClientFrame, { type: T }>

/** The edge's limits as it announces them; each with its unit in the name. */
export const EdgeLimits = z.object({
  frame_in_bytes: z.int(),
  frame_out_bytes: z.int(),
  subscriptions: z.int(),
  calls_in_flight: z.int(),
  operations_per_second: z.int(),
  operations_burst: z.int(),
})
export type EdgeLimits = z.infer<typeof EdgeLimits>

const RetryAdvice = z.enum(['never', 'now', 'later', 'after_auth'])

const ErrorFrame = z.object({
  type: z.literal('error'),
  id: RequestId.optional(),
  code: z.string(),
  message: z.string(),
  retry: RetryAdvice,
  retry_after_ms: z.int().optional(),
  fields: z.record(z.string(), z.array(z.string())).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  trace_id: z.string(),
})

/** Why a client cannot be given what it missed. */
export const GapReason = z.enum(['expired', 'purged', 'epoch', 'too_far', 'unknown'])
export type GapReason = z.infer<typeof GapReason>

/** What the edge may send. */
export const ServerFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    session_id: SessionId,
    node: z.string(),
    auth_required: z.boolean(),
    challenge: Challenge.optional(),
    now: Timestamp,
    ping_interval_ms: z.int(),
    limits: EdgeLimits,
    reconnect_window_ms: z.int(),
    contract: z.string(),
  }),
  z.object({
    type: z.literal('auth_success'),
    user_id: UserId,
    session_id: SessionId,
    expires_at: Timestamp,
  }),
  z.object({
    type: z.literal('subscribed'),
    id: RequestId,
    ...ChannelRef,
    ...Position.shape,
    resumed: z.boolean(),
    replayed: z.int().min(0),
  }),
  z.object({
    type: z.literal('event'),
    ...ChannelRef,
    event: z.string(),
    seq: z.int(),
    n: z.int(),
    /** How many events before this one the filter left out. */
    skipped: z.int().optional(),
    time: Timestamp,
    data: z.unknown(),
  }),
  z.object({
    type: z.literal('snapshot'),
    ...ChannelRef,
    seq: z.int(),
    data: z.unknown(),
    more: z.boolean(),
  }),
  z.object({
    type: z.literal('gap'),
    ...ChannelRef,
    from: z.int(),
    to: z.int(),
    reason: GapReason,
  }),
  z.object({ type: z.literal('reply'), id: RequestId, data: z.unknown() }),
  ErrorFrame,
  z.object({
    type: z.literal('unsubscribed'),
    id: RequestId.optional(),
    ...ChannelRef,
    reason: z.string(),
  }),
  z.object({ type: z.literal('status'), state: z.enum(['ok', 'degraded']) }),
  z.object({
    type: z.literal('warning'),
    code: z.enum(['auth_expiring', 'slow', 'near_limit']),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
  z.object({ type: z.literal('going_away'), after_ms: z.int() }),
  z.object({ type: z.literal('ping') }),
])
export type ServerFrame = z.infer<typeof ServerFrame>
export type ServerFrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>
