import { z } from 'zod'
import { ChannelRef, Position, RequestId } from './client-frame.ts'
import { Challenge, SessionId, Ticket, Timestamp, UserId } from './values.ts'

/**
 * The frames between a client and the edge at `/ws/v1`, version 1. Each is an object with a `type`;
 * an array of frames is a batch. Unknown fields are ignored.
 */

/** The edge's limits as it announces them; each with its unit in the name. */
export const EdgeLimits = z.object({
  frame_in_bytes: z.int(),
  frame_out_bytes: z.int(),
  subscriptions: z.int(),
  calls_in_flight: z.int(),
  connections_per_user: z.int(),
  operations_per_second: z.int(),
  operations_burst: z.int(),
  /** Time from open to a login under way. */
  first_frame_ms: z.int(),
  /** Silence of a client after which it is taken for gone. */
  silence_ms: z.int(),
  /** Time in which a client must take some of what waits for it. */
  write_deadline_ms: z.int(),
  close_handshake_ms: z.int(),
  /** What may wait for the client at most. */
  outbound_bytes: z.int(),
  /** From where on events wait in their stream, or are left out. */
  outbound_high_bytes: z.int(),
  /** Events that a client which comes back may be given. */
  replay_events: z.int(),
})
export type EdgeLimits = z.infer<typeof EdgeLimits>

/** Both or neither: a ticket, and until when it lets the client in again. */
const IssuedTicket = { ticket: Ticket.optional(), ticket_expires_at: Timestamp.optional() }

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
    ...IssuedTicket,
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
  z.object({ type: z.literal('going_away'), after_ms: z.int(), ...IssuedTicket }),
  z.object({ type: z.literal('ping') }),
])
export type ServerFrame = z.infer<typeof ServerFrame>
export type ServerFrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>
