import { z } from 'zod'
import { AccessToken, IdempotencyKey, PublicKey, Signature, Ticket, Timestamp } from './values.ts'

/** Chosen by the client, unique while the request is in flight: unsigned 32 bits, not 0. */
export const RequestId = z.int().min(1).max(0xffff_ffff)

/** What a subscription is known by. */
export const ChannelRef = {
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
  /** Of the last `auth_success` or `going_away`, until it ends. */
  ticket: Ticket.optional(),
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
