import { SUBPROTOCOL, localName } from '@meshboard/contracts'
import type { FeedEvent } from '../feed-event.ts'
import { decodeFrames } from '../frames.ts'
import type { Door, Shown } from './door.ts'

const CLOSING_BRACE = 0x7d
/** Text that is the same in JSON but for its quotes. */
const PLAIN = /^[\w.:+-]*$/

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

/** In one piece: the longest part of it is there as bytes already. */
const encodeEvent = (
  { name, seq, n, time, data }: FeedEvent,
  { channel, skipped }: Shown,
): Buffer => {
  const left = skipped > 0 ? `"skipped":${skipped},` : ''
  const what = `"channel":${quoted(channel)},"event":${quoted(localName(name))}`
  const head = `{"type":"event",${what},"seq":${seq},"n":${n},${left}"time":${quoted(time)},"data":`
  const at = Buffer.byteLength(head)
  const payload = Buffer.allocUnsafe(at + data.length + 1)
  payload.write(head)
  payload.set(data, at)
  payload[at + data.length] = CLOSING_BRACE
  return payload
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
