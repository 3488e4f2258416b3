import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import type { HeaderValues } from './broker.ts'

const NONE: HeaderValues = Object.freeze({})
const VERSION = 'NATS/1.0'
const END = '\r\n'
const SPACE = 32

/** Headers by lower-case name; of a repeated one the last value, as the broker appends its own. */
export const readHeaders = (headers: MsgHdrs | undefined): HeaderValues => {
  if (!headers) return NONE
  const values: Record<string, string> = {}
  for (const name of headers.keys()) values[name.toLowerCase()] = headers.last(name)
  return values
}

/** What a message of the library can say besides what its type tells: headers, data and subjects. */
type Sized = Msg & { size(): number }

/**
 * The same of a message as it came in, read from its bytes: a third of the library's time. What
 * stands before the data within the message's size is its headers.
 */
export const headersOf = (message: Msg): HeaderValues => {
  const { data, subject, reply = '' } = message
  const bytes = (message as Sized).size() - data.length - subject.length - reply.length
  if (bytes <= 0) return NONE
  return parsed(Buffer.from(data.buffer, data.byteOffset - bytes, bytes).toString())
}

const parsed = (text: string): HeaderValues => {
  const values: Record<string, string> = {}
  let at = text.indexOf(END) + END.length
  for (let index = 0, end = text.indexOf(END, at); end > at; end = text.indexOf(END, at)) {
    const { before, name } = nameAt(text, { at, end, index })
    if (name !== '') {
      const value = at + before.length
      values[name] = text.slice(text.charCodeAt(value) === SPACE ? value + 1 : value, end)
    }
    at = end + END.length
    index += 1
  }
  return values
}

/** A header's name in lower case, and what stands before its value. */
interface Name {
  readonly before: string
  readonly name: string
}

const NAMELESS: Name = { before: '', name: '' }
const EXPECTED_MAX = 32
/** The names of the message before, by their place: as a rule the next one has the same. */
const expected: Name[] = []

const nameAt = (
  text: string,
  { at, end, index }: { at: number; end: number; index: number },
): Name => {
  const known = expected[index]
  if (known && text.startsWith(known.before, at)) return known
  const colon = text.indexOf(':', at)
  if (colon <= at || colon >= end) return NAMELESS
  const found = { before: text.slice(at, colon + 1), name: text.slice(at, colon).toLowerCase() }
  if (index < EXPECTED_MAX) expected[index] = found
  return found
}

/** Headers as they go out; of the library's type what its `publish` asks for. */
export class WrittenHeaders {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  encode(): Uint8Array {
    return this.bytes
  }
}

/** Headers for the broker; undefined when there are none. Throws when a value holds a line break. */
export const writeHeaders = (
  values: Readonly<Record<string, string>> | undefined,
): WrittenHeaders | undefined => {
  if (!values) return undefined
  let text = VERSION + END
  for (const name in values) {
    const value = values[name] ?? ''
    if (value.includes('\n') || value.includes('\r'))
      throw new Error(`the header ${name} holds a line break`)
    text += `${name}: ${value}${END}`
  }
  return new WrittenHeaders(Buffer.from(text + END))
}
