import { HEADERS } from '@meshboard/contracts'
import { SpanKind, contextFrom, inSpan } from '@meshboard/kit'
import type { FeedEvent } from './feed-event.ts'
import type { Source } from './replay.ts'

/** Passes an event on in the trace it came from: one span, however many sockets get it. */
export const inPushSpan = (
  ...[{ channel }, { name, headers }, push]: [Pick<Source, 'channel'>, FeedEvent, () => void]
): Promise<void> =>
  inSpan(
    {
      name: `push ${channel}`,
      kind: SpanKind.PRODUCER,
      parent: contextFrom(headers[HEADERS.traceparent]),
      attributes: { 'messaging.system': 'nats', 'messaging.destination.name': name },
    },
    async () => push(),
  )
