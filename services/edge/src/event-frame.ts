import type { Connection } from './connection.ts'
import type { Shown } from './doors/door.ts'
import type { FeedEvent } from './feed-event.ts'
import { textFrame } from './text-frame.ts'

/**
 * The finished frame of an event; none where the dialect has no words for it. An event over the limit
 * of a frame becomes a gap of one.
 */
export const eventFrame = (
  event: FeedEvent,
  shown: Shown,
  { door, runtime, deps }: Connection,
): Buffer | undefined => {
  const payload = door.dialect.encodeEvent(event, shown)
  if (!payload) return undefined
  if (payload.length <= runtime.config.frameOutBytesMax) return textFrame(payload)
  deps.pressure.limits.inc({ limit: 'frame_out_bytes' })
  const { n } = event
  const gap = { type: 'gap', channel: shown.channel, from: n, to: n, reason: 'unknown' } as const
  const text = door.dialect.encode(gap)
  return text === undefined ? undefined : textFrame(Buffer.from(text))
}
