import { SUBPROTOCOL, localName } from '@meshboard/contracts'
import type { FeedEvent } from '../feed-event.ts'
import { decodeFrames } from '../frames.ts'
import type { Door, Shown } from './door.ts'

const CLOSING_BRACE = Buffer.from('}')

const encodeEvent = (
  { name, seq, n, time, data }: FeedEvent,
  { channel, skipped }: Shown,
): Buffer => {
  const head = JSON.stringify({
    type: 'event',
    channel,
    event: localName(name),
    seq,
    n,
    ...(skipped > 0 && { skipped }),
    time,
  })
  return Buffer.concat([Buffer.from(`${head.slice(0, -1)},"data":`), data, CLOSING_BRACE])
}

/** `/ws/v1`: the frames of the edge protocol in JSON. */
export const v1: Door = {
  path: '/ws/v1',
  subprotocols: [SUBPROTOCOL],
  takesQueryToken: false,
  needsToken: false,
  watches: () => [],
  isManaged: true,
  closeCodes: {},
  dialect: {
    name: 'v1',
    decode: decodeFrames,
    encode: (frame) => JSON.stringify(frame),
    encodeEvent,
  },
}
