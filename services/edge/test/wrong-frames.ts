import { OPCODES, closing, frame } from './wire.ts'

/** What a client sends, and the code that it is closed with. */
export interface WrongFrames {
  readonly what: string
  readonly bytes: Buffer
  readonly code: number
}

const [TEXT, BINARY, CONTROL] = [OPCODES.text, OPCODES.binary, [8, 9, 10]]
const RESERVED = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]
/** Of the first hundred codes of each meaning, those that nobody may send. */
const CODES_NOT_SENT = [
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 5001, 9999, 65_535],
]

const NOT_UTF8 = [
  ...['ff', 'fe', '80', 'bf', 'c0', 'c080', 'c1bf', 'c2', 'c328', 'a0a1', 'e08080', 'e09fbf'],
  ...['e282', 'e228a1', 'e28228', 'eda080', 'edbfbf', 'f09f92', 'f0808080', 'f08fbfbf'],
  ...['f0288cbc', 'f09028bc', 'f0288c28', 'f4908080', 'f5808080', 'f888808080', 'fc8480808080'],
  'cebae1bdb9cf83cebcceb5eda080656469746564',
].map((hex) => Buffer.from(hex, 'hex'))

/** Over any limit that an edge has; the last have no place in a number. */
const TOO_LONG = [
  ...[1_048_577n, 100_000_000n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n],
  ...[2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
]

const wrong = (code: number, what: string) => (bytes: Buffer, detail: unknown) => ({
  what: `${what} ${String(detail)}`,
  bytes,
  code,
})

const headerFaults = (): WrongFrames[] => {
  const [rsv, reserved] = [wrong(1002, 'reserved bits'), wrong(1002, 'opcode')]
  const unmasked = wrong(1002, 'no mask, opcode')
  return [
    ...[1, 2, 3, 4, 5, 6, 7].flatMap((bits) =>
      [0, TEXT, BINARY, ...CONTROL].map((opcode) =>
        rsv(frame({ opcode, rsv: bits }), `${bits} of ${opcode}`),
      ),
    ),
    ...RESERVED.flatMap((opcode) =>
      [true, false].map((fin) => reserved(frame({ opcode, fin, payload: 'x' }), opcode)),
    ),
    ...[TEXT, BINARY, ...CONTROL].flatMap((opcode) =>
      ['', '{"type":"pong"}'].map((payload) =>
        unmasked(frame({ opcode, payload, masked: false }), opcode),
      ),
    ),
  ]
}

const controlFaults = (): WrongFrames[] => {
  const [long, split] = [wrong(1002, 'control frame of'), wrong(1002, 'split control frame')]
  const code = wrong(1002, 'close code')
  return [
    ...CONTROL.flatMap((opcode) =>
      [126, 127, 200, 4_000].map((length) =>
        long(frame({ opcode, payload: Buffer.alloc(length) }), length),
      ),
    ),
    ...CONTROL.flatMap((opcode) =>
      [2n ** 63n - 1n, 65_536n].map((claims) => long(frame({ opcode, claims }), claims)),
    ),
    ...CONTROL.flatMap((opcode) =>
      ['', 'half'].map((payload) => split(frame({ opcode, payload, fin: false }), opcode)),
    ),
    wrong(1002, 'close frame')(frame({ opcode: OPCODES.close, payload: 'x' }), 'of one byte'),
    ...CODES_NOT_SENT.map((number) =>
      code(frame({ opcode: OPCODES.close, payload: closing(number) }), number),
    ),
  ]
}

const orderFaults = (): WrongFrames[] => {
  const [stray, inside] = [wrong(1002, 'continuation of'), wrong(1002, 'begun within another')]
  return [
    ...[true, false].flatMap((fin) =>
      ['', 'tail'].map((payload) => stray(frame({ opcode: 0, payload, fin }), 'nothing')),
    ),
    ...[TEXT, BINARY].flatMap((first) =>
      [TEXT, BINARY].map((opcode) =>
        inside(
          Buffer.concat([frame({ opcode: first, payload: '{', fin: false }), frame({ opcode })]),
          `${opcode} in ${first}`,
        ),
      ),
    ),
    stray(
      Buffer.concat([
        frame({ payload: '{"ty', fin: false }),
        frame({ opcode: 0, payload: 'pe":"pong"}' }),
        frame({ opcode: 0, payload: 'more' }),
      ]),
      'a message that has ended',
    ),
  ]
}

const textFaults = (): WrongFrames[] => {
  const [whole, split] = [wrong(1007, 'no UTF-8'), wrong(1007, 'no UTF-8, split')]
  const reason = wrong(1007, 'close reason that is no UTF-8')
  return NOT_UTF8.flatMap((bytes) => {
    const hex = bytes.toString('hex')
    const inside = Buffer.concat([Buffer.from('{"type":"'), bytes, Buffer.from('"}')])
    return [
      whole(frame({ payload: bytes }), hex),
      whole(frame({ payload: inside }), `${hex} within JSON`),
      reason(frame({ opcode: OPCODES.close, payload: closing(1000, bytes) }), hex),
      ...[...bytes.keys()].slice(1).map((at) => {
        const head = frame({ payload: bytes.subarray(0, at), fin: false })
        const tail = frame({ opcode: 0, payload: bytes.subarray(at) })
        return split(Buffer.concat([head, tail]), `${hex} at ${at}`)
      }),
    ]
  })
}

const lengthFaults = (): WrongFrames[] => {
  const claimed = wrong(1009, 'a length of')
  const begun = frame({ payload: '{', fin: false })
  return TOO_LONG.flatMap((claims) => [
    claimed(frame({ claims }), `${claims}`),
    claimed(frame({ opcode: BINARY, claims }), `${claims}, binary`),
    claimed(frame({ claims, fin: false }), `${claims}, first of several`),
    claimed(Buffer.concat([begun, frame({ opcode: 0, claims })]), `${claims}, second of several`),
  ])
}

/** Frames that RFC 6455 does not allow, of every kind, each with its code. */
export const WRONG_FRAMES: readonly WrongFrames[] = [
  ...headerFaults(),
  ...controlFaults(),
  ...orderFaults(),
  ...textFaults(),
  ...lengthFaults(),
]
