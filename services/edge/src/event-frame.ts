import type { Connection } from './connection.ts'
import type { Shown } from './doors/door.ts'
import type { FeedEvent } from './feed-event.ts'

/**
 * The frame of an event; none where the dialect has no words for it. An event over the limit of a
 * frame becomes a gap of one.
 */
export const eventFrame = (
  event: FeedEvent,
  shown: Shown,
  { door, runtime, deps }: Connection,
): Buffer | undefined => {
  const frame = door.dialect.encodeEvent(event, shown)
  if (!frame || frame.length <= runtime.config.frameOutBytesMax) return frame
  deps.pressure.limits.inc({ limit: 'frame_out_bytes' })
  const { n } = event
  const gap = { type: 'gap', channel: shown.channel, from: n, to: n, reason: 'unknown' } as const
  const text = door.dialect.encode(gap)
  return text === undefined ? undefined : Buffer.from(text)
}
