import { ClientFrame, Failure, failure } from '@meshboard/contracts'
import { compileValidation } from '@meshboard/kit'
import type { DeviceRequest } from './device.ts'
import type { Credentials } from './login.ts'

/** What a client wants, whatever its dialect. */
export type Request =
  | Exclude<ClientFrame, { type: 'auth' | 'hello' }>
  | { type: 'auth'; credentials: Credentials | undefined }
  | { type: 'ping' }
  | DeviceRequest

/** One frame of a message: a request, or why it cannot be one. */
export type Received =
  | { readonly request: Request }
  | { readonly refused: Failure; readonly id?: number; readonly fatal?: boolean }

/** What the frames of `/ws/v1` are called; anything else is `unsupported`. */
const TYPES: ReadonlySet<unknown> = new Set(
  ClientFrame.options.map((option) => option.shape.type.value),
)
const validate = compileValidation(ClientFrame)

export interface JsonObject {
  readonly [field: string]: unknown
}

/** The objects in a text, one or a batch; undefined when it is no JSON or holds anything else. */
export const parseObjects = (text: string): readonly JsonObject[] | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    return items.length > 0 && items.every(isObject) ? items : undefined
  } catch {
    return undefined
  }
}

/** The frames in a message of `/ws/v1`; undefined when it is none. Never throws. */
export const decodeFrames = (text: string): readonly Received[] | undefined => {
  const objects = parseObjects(text)
  if (!objects?.every(({ type }) => typeof type === 'string')) return undefined
  return objects.map(toReceived)
}

const toReceived = (value: JsonObject): Received => {
  const id = idOf(value)
  if (!TYPES.has(value['type'])) return { refused: failure('unsupported'), ...id }
  try {
    return { request: toRequest(validate(value)) }
  } catch (error) {
    const refused = error instanceof Failure ? error : failure('invalid')
    return { refused, ...id, fatal: id === undefined }
  }
}

const toRequest = (frame: ClientFrame): Request => {
  if (frame.type !== 'hello' && frame.type !== 'auth') return frame
  return { type: 'auth', credentials: credentialsOf(frame) }
}

const credentialsOf = (
  frame: Extract<ClientFrame, { type: 'hello' | 'auth' }>,
): Credentials | undefined => {
  if (frame.token !== undefined) return { kind: 'token', token: frame.token }
  if (frame.type === 'hello') {
    return frame.ticket === undefined ? undefined : { kind: 'ticket', ticket: frame.ticket }
  }
  const { public_key: publicKey, signature } = frame
  if (publicKey !== undefined && signature !== undefined) {
    return { kind: 'challenge', publicKey, signature }
  }
  throw failure('invalid', {
    fields: { signature: ['Send public_key and signature, or a token.'] },
  })
}

const idOf = ({ id }: JsonObject): { id: number } | undefined =>
  typeof id === 'number' && Number.isInteger(id) && id > 0 && id <= 0xffff_ffff ? { id } : undefined

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
