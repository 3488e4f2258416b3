import { ODD_TEXTS } from './odd-texts.ts'
import type { Random } from './random.ts'
import { OPCODES, closing, frame } from './wire.ts'

const ODD_VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 32, 2 ** 53, 1e308, '', [], {}, [[]], [{}], { a: { b: {} } }],
  ...['x'.repeat(5_000), '\u0000', '\ud800', '__proto__', '2026-13-45T99:99:99.999Z', ...ODD_TEXTS],
]

const at = (random: Random, text: { length: number }) => random.below(text.length + 1)

/** A text with something cut, put in or changed. */
const spoilText = (random: Random, text: string): string => {
  const [from, to] = [at(random, text), at(random, text)].toSorted((one, other) => one - other)
  const odd = random.pick([...ODD_TEXTS, '{', '}', '[', ']', '"', ',', '\\', '\r\n', '\u0000'])
  const [before, after] = [text.slice(0, from), text.slice(to)]
  return random.pick([
    `${before}${after}`,
    `${before}${odd}${text.slice(from)}`,
    `${before}${odd}${after}`,
    text.slice(0, from),
    text.slice(from),
    text.repeat(2),
  ])
}

/** JSON with one value replaced, taken away or added, at any depth. */
const spoilJson = (random: Random, text: string): string => {
  try {
    return JSON.stringify(spoilValue(random, JSON.parse(text)))
  } catch {
    return spoilText(random, text)
  }
}

const spoilValue = (random: Random, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || random.next() < 0.15)
    return random.pick(ODD_VALUES)
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value }
  const keys = Object.keys(copy)
  if (keys.length === 0 || random.next() < 0.1)
    return Object.assign(copy, { [random.pick(ODD_TEXTS)]: random.pick(ODD_VALUES) })
  const key = random.pick(keys)
  if (random.next() < 0.2) Reflect.deleteProperty(copy, key)
  else Reflect.set(copy, key, spoilValue(random, Reflect.get(copy, key)))
  return copy
}

/** Texts with one spoilt, or in another order or number. */
export const spoilTexts = (random: Random, texts: readonly string[]): readonly string[] => {
  const index = random.below(texts.length)
  const text = texts[index] ?? ''
  const others = texts.toSpliced(index, 1)
  const way = random.next()
  if (way < 0.5) return texts.with(index, spoilJson(random, text))
  if (way < 0.7) return texts.with(index, spoilText(random, text))
  if (way < 0.8) return others.toSpliced(random.below(texts.length), 0, text)
  if (way < 0.9) return others
  return texts.toSpliced(index, 0, ...Array.from({ length: 1 + random.below(40) }, () => text))
}

/** Frames with one spoilt: in its header, its bytes, its length, or cut into pieces. */
export const spoilFrames = (random: Random, frames: readonly Buffer[]): readonly Buffer[] => {
  if (frames.length === 0) return [random.bytes(random.below(64))]
  const index = random.below(frames.length)
  const whole = frames[index] ?? Buffer.alloc(0)
  const changed = Buffer.from(whole)
  const place = random.below(random.next() < 0.5 ? Math.min(4, changed.length) : changed.length)
  changed[place] = random.below(256)
  const cut = at(random, whole)
  const pieces = random.pick<readonly Buffer[]>([
    [changed],
    [whole.subarray(0, cut)],
    [whole.subarray(0, cut), random.bytes(1 + random.below(40)), whole.subarray(cut)],
    [random.bytes(random.below(300)), whole],
    [frame({ opcode: random.below(16), payload: random.bytes(random.below(200)) }), whole],
    [frame({ payload: random.bytes(random.below(200)), fin: false }), whole],
    [
      frame({ opcode: OPCODES.close, payload: closing(random.below(4_000), random.bytes(2)) }),
      whole,
    ],
    [frame({ claims: BigInt(Math.floor(2 ** (random.next() * 63))) }), whole],
  ])
  return frames.toSpliced(index, 1, ...pieces)
}

/** The head of an upgrade with something cut, put in or changed. */
export const spoilHead = (random: Random, head: string): string => {
  const lines = head.split('\r\n')
  const index = random.below(lines.length)
  const line = lines[index] ?? ''
  const way = random.next()
  if (way < 0.4) return lines.with(index, spoilText(random, line)).join('\r\n')
  if (way < 0.6) return lines.toSpliced(index, 1).join('\r\n')
  if (way < 0.8) return lines.toSpliced(index, 0, line).join('\r\n')
  return lines.toSpliced(1, 0, `Origin: ${random.pick(ODD_TEXTS)}`).join('\r\n')
}
