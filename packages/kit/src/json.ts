import { failure } from '@meshboard/contracts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** A value as JSON in UTF-8. `undefined` is the empty object, since a body is always an object. */
export const encodeJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value ?? {}))

/** The value behind JSON in UTF-8; no bytes are the empty object. Fails `message_parse_error`. */
export const decodeJson = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) return {}
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    throw failure('message_parse_error')
  }
}
