const FINAL_TEXT = 0x81
/** The length stands in the second byte, or in the two or the eight after it. */
const SHORT_MAX = 125
const IN_TWO = 126
const IN_EIGHT = 127
const TWO_MAX = 0xffff

/**
 * A text frame of RFC 6455 as it goes over the wire, header and payload as one: made once, it is
 * written to any number of sockets in one piece each. `payload` is UTF-8.
 */
export const textFrame = (payload: Uint8Array): Buffer => {
  const { length } = payload
  const at = headerBytes(length)
  const frame = Buffer.allocUnsafe(at + length)
  frame[0] = FINAL_TEXT
  if (length <= SHORT_MAX) frame[1] = length
  else if (length <= TWO_MAX) {
    frame[1] = IN_TWO
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = IN_EIGHT
    frame.writeUInt32BE(0, 2)
    frame.writeUInt32BE(length, 6)
  }
  frame.set(payload, at)
  return frame
}

const headerBytes = (length: number): number => {
  if (length <= SHORT_MAX) return 2
  return length <= TWO_MAX ? 4 : 10
}
