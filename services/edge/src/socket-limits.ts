import { type ConfigOf, defineConfig, integer } from '@meshboard/kit'

const HOUR_MS = 60 * 60 * 1000

/** What one socket may take of the edge, and when it is taken for gone. */
export const socketLimits = defineConfig({
  pingIntervalMs: integer({
    env: 'EDGE_PING_INTERVAL_MS',
    meaning: 'Time between pings of one socket, the first one jittered.',
    default: 25_000,
    min: 20,
    max: 10 * 60_000,
  }),
  silenceMs: integer({
    env: 'EDGE_SILENCE_MS',
    meaning: 'Silence of a client, frames and WebSocket pongs counted; then close 4202.',
    default: 60_000,
    min: 50,
    max: HOUR_MS,
  }),
  frameInBytesMax: integer({
    env: 'EDGE_FRAME_IN_BYTES_MAX',
    meaning: 'Size of a message from a client; a larger one closes with 1009.',
    default: 65_536,
    min: 1_024,
    max: 1 << 20,
  }),
  frameOutBytesMax: integer({
    env: 'EDGE_FRAME_OUT_BYTES_MAX',
    meaning: 'Size of a frame to a client; a larger reply becomes an error, a larger event a gap.',
    default: 262_144,
    min: 4_096,
    max: 16 << 20,
  }),
  subscriptionsMax: integer({
    env: 'EDGE_SUBSCRIPTIONS_MAX',
    meaning: 'Subscriptions of one socket; the next is refused with `rate_limited`.',
    default: 256,
    min: 1,
    max: 10_000,
  }),
  socketCallsMax: integer({
    env: 'EDGE_CALLS_IN_FLIGHT_MAX',
    meaning: 'Unanswered calls of one socket; the next is refused with `rate_limited`.',
    default: 50,
    min: 1,
    max: 10_000,
  }),
  operationsPerSecond: integer({
    env: 'EDGE_OPERATIONS_PER_SECOND',
    meaning: 'Frames a second of one socket; beyond it the socket is read no faster than that.',
    default: 100,
    min: 1,
    max: 100_000,
  }),
  operationsBurst: integer({
    env: 'EDGE_OPERATIONS_BURST',
    meaning: 'Frames of one socket at once before that rate holds; warned of (`near_limit`).',
    default: 200,
    min: 1,
    max: 100_000,
  }),
  messagesHeldMax: integer({
    env: 'EDGE_MESSAGES_HELD_MAX',
    meaning:
      'Messages received beyond the rate, or during a login, that wait, and frames of a batch and pings beyond it; more close with 4402.',
    default: 1_000,
    min: 1,
    max: 100_000,
  }),
  outboundBytesMax: integer({
    env: 'EDGE_OUTBOUND_BYTES_MAX',
    meaning: 'Bytes that wait for one socket, its own buffer included; more close with 4302.',
    default: 1 << 20,
    min: 16_384,
    max: 64 << 20,
  }),
  outboundHighBytes: integer({
    env: 'EDGE_OUTBOUND_HIGH_BYTES',
    meaning:
      'From so many waiting bytes on events stay away: `log` in the stream, `state` and `live` up to as many bytes more, the newest.',
    default: 262_144,
    min: 4_096,
    max: 16 << 20,
  }),
  outboundLowBytes: integer({
    env: 'EDGE_OUTBOUND_LOW_BYTES',
    meaning: 'When fewer bytes than this are left to be taken, events come again.',
    default: 65_536,
    min: 1_024,
    max: 1 << 20,
  }),
  outboundBudgetBytesMax: integer({
    env: 'EDGE_OUTBOUND_BUDGET_BYTES',
    meaning:
      'Bytes that wait for all sockets of this process; from half of it on only those that keep up get events, beyond it the furthest behind close with 4302.',
    default: 256 << 20,
    min: 65_536,
    max: 64 * (1 << 30),
  }),
  writeDeadlineMs: integer({
    env: 'EDGE_WRITE_DEADLINE_MS',
    meaning: 'Time in which a socket with bytes waiting must take some; then close 4302.',
    default: 10_000,
    min: 50,
    max: 10 * 60_000,
  }),
  closeHandshakeMs: integer({
    env: 'EDGE_CLOSE_HANDSHAKE_MS',
    meaning: 'How long a close waits for its answer; then the socket is destroyed.',
    default: 3_000,
    min: 10,
    max: 60_000,
  }),
  callTimeoutMs: integer({
    env: 'EDGE_CALL_TIMEOUT_MS',
    meaning:
      'Deadline of a call that names none; a shorter time-out of the procedure counts first.',
    default: 10_000,
    min: 10,
    max: 60_000,
  }),
})

/** Throws unless a socket may hold more than the bytes from which on events stay away, and those more than it goes on at. */
export const refuseUnordered = ({
  outboundLowBytes: low,
  outboundHighBytes: high,
  outboundBytesMax: max,
}: ConfigOf<typeof socketLimits>): void => {
  if (low < high && high < max) return
  throw new Error(
    'EDGE_OUTBOUND_LOW_BYTES must be less than EDGE_OUTBOUND_HIGH_BYTES, and that less than EDGE_OUTBOUND_BYTES_MAX',
  )
}
