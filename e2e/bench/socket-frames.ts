/** Operation codes of RFC 6455. */
export const TEXT = 1
export const BINARY = 2

const FINAL = 0x80
const MASKED = 0x80
const LONG = 126
/** A mask of zeros is a mask: the bytes stay as they are. */
const ZEROS = [0, 0, 0, 0]

/** A frame of a server, of up to 64 KiB: header and payload as one. */
export const serverFrame = (payload: Uint8Array, opcode = TEXT): Buffer =>
  Buffer.concat([Buffer.from([FINAL | opcode, ...lengthOf(payload.length, 0)]), payload])

/** The same of a client. */
export const clientFrame = (text: string, opcode = TEXT): Buffer => {
  const payload = Buffer.from(text)
  const head = [FINAL | opcode, ...lengthOf(payload.length, MASKED), ...ZEROS]
  return Buffer.concat([Buffer.from(head), payload])
}

const lengthOf = (bytes: number, mask: number): number[] =>
  bytes < LONG ? [mask | bytes] : [mask | LONG, bytes >> 8, bytes & 0xff]
