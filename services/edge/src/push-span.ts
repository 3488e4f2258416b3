import { HEADERS } from '@meshboard/contracts'
import { SpanKind, contextFrom, inSpan } from '@meshboard/kit'
import type { FeedEvent } from './feed-event.ts'
import type { Source } from './replay.ts'

/**
 * Passes an event on in the trace it came from: one span, however many sockets get it. Nothing but
 * `push` where that trace is not recorded.
 */
export const inPushSpan = (
  ...[{ channel }, { name, headers }, push]: [Pick<Source, 'channel'>, FeedEvent, () => void]
): Promise<void> | void => {
  const traceparent = headers[HEADERS.traceparent]
  if (traceparent?.endsWith(UNRECORDED)) return push()
  const parent = contextFrom(traceparent)
  const attributes = { 'messaging.system': 'nats', 'messaging.destination.name': name }
  const spec = { name: `push ${channel}`, kind: SpanKind.PRODUCER, parent, attributes }
  return inSpan(spec, async () => push())
}

const UNRECORDED = '-00'
