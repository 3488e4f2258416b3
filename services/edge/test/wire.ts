/** The opcodes of RFC 6455. */
export const OPCODES = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const

/** How a frame is written; what is not said is as a good client would have it. */
export interface FrameOptions {
  opcode?: number
  payload?: Uint8Array | string
  fin?: boolean
  /** The three reserved bits, 0 to 7. */
  rsv?: number
  masked?: boolean
  /** What the header says of the length, where that is not true. */
  claims?: bigint
  /** Bytes that the length is written in after the first; more than it needs is wrong, but clear. */
  lengthBytes?: 0 | 2 | 8
}

const MASK = Buffer.from([7, 77, 177, 217])

/** A frame of a client, right or wrong. */
export const frame = (options: FrameOptions = {}): Buffer => {
  const { opcode = OPCODES.text, payload = '', fin = true, rsv = 0, masked = true } = options
  const bytes = Buffer.from(payload)
  const length = options.claims ?? BigInt(bytes.length)
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  return Buffer.concat([
    Buffer.from([first]),
    lengthOf(length, { masked, lengthBytes: options.lengthBytes ?? bytesFor(length) }),
    masked ? MASK : Buffer.alloc(0),
    masked ? bytes.map((byte, index) => byte ^ (MASK[index % 4] ?? 0)) : bytes,
  ])
}

/** The payload of a close frame. */
export const closing = (code: number, reason: Uint8Array | string = ''): Buffer => {
  const head = Buffer.alloc(2)
  head.writeUInt16BE(code)
  return Buffer.concat([head, Buffer.from(reason)])
}

const bytesFor = (length: bigint): 0 | 2 | 8 => {
  if (length < 126n) return 0
  return length < 65_536n ? 2 : 8
}

const lengthOf = (
  length: bigint,
  { masked, lengthBytes }: { masked: boolean; lengthBytes: 0 | 2 | 8 },
): Buffer => {
  const maskBit = masked ? 0x80 : 0
  if (lengthBytes === 0) return Buffer.from([maskBit | Number(length)])
  const bytes = Buffer.alloc(1 + lengthBytes)
  bytes[0] = maskBit | (lengthBytes === 2 ? 126 : 127)
  if (lengthBytes === 2) bytes.writeUInt16BE(Number(length), 1)
  else bytes.writeBigUInt64BE(length, 1)
  return bytes
}

/** A frame of a server. */
export interface ServerFrameBytes {
  readonly opcode: number
  readonly payload: Buffer
  /** Where the next one begins. */
  readonly end: number
}

/** Reads the frame that begins at `from`; undefined while it has not come whole. */
export const readFrame = (bytes: Buffer, from: number): ServerFrameBytes | undefined => {
  if (bytes.length < from + 2) return undefined
  const short = (bytes[from + 1] ?? 0) & 0x7f
  const start = from + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0)
  if (bytes.length < start) return undefined
  const length =
    short === 126
      ? bytes.readUInt16BE(from + 2)
      : short === 127
        ? Number(bytes.readBigUInt64BE(from + 2))
        : short
  const end = start + length
  if (bytes.length < end) return undefined
  return { opcode: (bytes[from] ?? 0) & 0x0f, payload: bytes.subarray(start, end), end }
}
