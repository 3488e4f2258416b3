import type { EdgeLimits, ServerFrameOf } from '@meshboard/contracts'
import type { Config } from './config.ts'

/** What a client is told of the limits, in `welcome`. */
export const announcedLimits = (config: Config): EdgeLimits => ({
  frame_in_bytes: config.frameInBytesMax,
  frame_out_bytes: config.frameOutBytesMax,
  subscriptions: config.subscriptionsMax,
  calls_in_flight: config.socketCallsMax,
  connections_per_user: config.userConnectionsMax,
  operations_per_second: config.operationsPerSecond,
  operations_burst: config.operationsBurst,
  first_frame_ms: config.firstFrameMs,
  silence_ms: config.silenceMs,
  write_deadline_ms: config.writeDeadlineMs,
  close_handshake_ms: config.closeHandshakeMs,
  outbound_bytes: config.outboundBytesMax,
  outbound_high_bytes: config.outboundHighBytes,
  replay_events: config.replayEventsMax,
})

/** Said to a client that is ahead of its rate. */
export const NEAR_RATE: ServerFrameOf<'warning'> = {
  type: 'warning',
  code: 'near_limit',
  details: { limit: 'operations_per_second' },
}
