import {
  AccessToken,
  Failure,
  PublicKey,
  Signature,
  allContracts,
  failure,
  findChannel,
} from '@meshboard/contracts'
import { DEVICE_REQUESTS } from '../device.ts'
import type { FeedEvent } from '../feed-event.ts'
import { type JsonObject, type Received, parseObjects } from '../frames.ts'
import type { Credentials } from '../login.ts'
import type { Door, Outgoing } from './door.ts'

/** What a plain door watches. Another door is another row. */
interface PlainDoor {
  readonly path: string
  readonly channels: readonly string[]
  /** Whether a device may connect, send its heartbeats and disconnect here. */
  readonly takesDevice: boolean
}

const PLAIN_DOORS: readonly PlainDoor[] = [
  {
    path: '/ws/dashboard',
    channels: ['network', 'earnings', 'referrals', 'notifications'],
    takesDevice: true,
  },
  { path: '/ws/earnings', channels: ['earnings'], takesDevice: false },
  { path: '/ws/referrals', channels: ['referrals'], takesDevice: false },
]

/** The `type` of each event at the plain doors, as the contracts name it. */
const UPDATES: ReadonlyMap<string, string> = new Map(
  allContracts
    .flatMap((contract) => Object.values(contract.events))
    .flatMap(({ name, update }) => (update === undefined ? [] : [[name, update] as const])),
)

/** The requests in a text a person might have typed. */
const decode = (text: string, takesDevice: boolean): readonly Received[] => {
  if (text.trim() === 'ping') return [{ request: { type: 'ping' } }]
  const [message, ...others] = parseObjects(text) ?? []
  if (!message || others.length > 0) return [{ refused: failure('message_parse_error') }]
  if (message['type'] === 'auth') return [toLogin(message)]
  return [(takesDevice && toDeviceRequest(message)) || { refused: failure('unsupported') }]
}

const toDeviceRequest = ({ type, data, traceparent }: JsonObject): Received | undefined => {
  const known = DEVICE_REQUESTS.find((name) => name === type)
  if (!known) return undefined
  return { request: { type: known, data, ...(typeof traceparent === 'string' && { traceparent }) } }
}

const toLogin = ({ data }: JsonObject): Received => {
  try {
    return { request: { type: 'auth', credentials: credentialsOf(data) } }
  } catch (error) {
    return { refused: error instanceof Failure ? error : failure('invalid') }
  }
}

const credentialsOf = (data: unknown): Credentials => {
  const fields: JsonObject = typeof data === 'object' && data !== null ? { ...data } : {}
  const { token, timestamp, nonce } = fields
  if (token !== undefined) return { kind: 'token', token: checked('token', AccessToken, token) }
  const publicKey = checked('public_key', PublicKey, toHex(fields['public_key']))
  const signature = checked('signature', Signature, toHex(fields['signature']))
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw unusable('timestamp', 'seconds since 1970, a whole number')
  }
  if (typeof nonce !== 'string' || !/^[\x21-\x7e]{8,64}$/.test(nonce)) {
    throw unusable('nonce', '8 to 64 printable characters, each used once')
  }
  return { kind: 'signed_time', publicKey, timestamp, nonce, signature }
}

const WANTED = {
  token: 'an access token',
  public_key: '32 bytes in hex or base64',
  signature: '64 bytes in hex or base64',
}

const checked = (
  ...[field, schema, value]: [keyof typeof WANTED, typeof AccessToken, unknown]
): string => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw unusable(field, WANTED[field])
}

const unusable = (field: string, wanted: string): Failure =>
  failure('invalid', { message: `"${field}" must be ${wanted}.`, fields: { [field]: [wanted] } })

/** Hex in any case, or base64 of either alphabet, as lower-case hex. */
const toHex = (value: unknown): unknown => {
  if (typeof value !== 'string' || value.length > 256) return undefined
  if (/^(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})$/.test(value)) return value.toLowerCase()
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(value)
    ? Buffer.from(value, 'base64').toString('hex')
    : value
}

const encodeFrame = (frame: Outgoing): string | undefined => {
  switch (frame.type) {
    case 'welcome': {
      const { session_id, auth_required } = frame
      const message = auth_required ? 'Sign in with an ed25519 signature' : 'Signed in'
      return JSON.stringify({ type: 'connection_established', session_id, auth_required, message })
    }
    case 'auth_success':
      return JSON.stringify({
        type: 'auth_success',
        user_id: frame.user_id,
        session_id: frame.session_id,
      })
    case 'error': {
      const { code, message, fields } = frame
      return JSON.stringify({ type: 'error', code, message, fields })
    }
    case 'connected':
    case 'heartbeat_ack':
    case 'disconnected':
      return JSON.stringify(frame)
    default:
      return undefined
  }
}

const encodeEvent = ({ name, data }: FeedEvent): Buffer | undefined => {
  const update = UPDATES.get(name)
  if (update === undefined) return undefined
  return Buffer.concat([
    Buffer.from(`{"type":${JSON.stringify(update)},"data":`),
    data,
    CLOSING_BRACE,
  ])
}

const CLOSING_BRACE = Buffer.from('}')

const toDoor = ({ path, channels, takesDevice }: PlainDoor): Door => ({
  path,
  subprotocols: [],
  takesQueryToken: true,
  needsToken: false,
  watches: () => channels.flatMap((name) => findChannel(name) ?? []),
  isManaged: false,
  closeCodes: { draining: 1012 },
  dialect: {
    name: 'plain',
    decode: (text) => decode(text, takesDevice),
    encode: encodeFrame,
    encodeEvent,
    pong: 'pong',
  },
})

/** `/ws/earnings` and its like: small JSON messages for a console, a phone, ten lines of code. */
export const plainDoors: readonly Door[] = PLAIN_DOORS.map(toDoor)
