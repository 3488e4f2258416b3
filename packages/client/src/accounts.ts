import {
  type auth,
  AUDIENCE,
  challengeMessage,
  failure,
  type OutputOf,
  type SigningPurpose,
} from '@meshboard/contracts/client'
import type { Key } from './keys.ts'
import { problemFailure } from './problem.ts'

type Procedures = (typeof auth)['procedures']

/** A session over HTTP: `access_token` goes into `authorization: Bearer …`. */
export type Session = OutputOf<Procedures['verify']>
/** The session of an account just made. */
export type RegisteredSession = OutputOf<Procedures['register']>

/** The gateway to ask, and the key that signs. */
export interface GatewayOptions {
  /** `http://host:8080`. */
  gatewayUrl: string
  key: Key
  /** The mesh the signature is meant for. Default `AUDIENCE`. */
  audience?: string
  /** For each of the two requests, milliseconds. Default 10 000. */
  timeoutMs?: number
}

/** The account to be made. */
export interface NewAccount extends GatewayOptions {
  username: string
  /** What the key is called in lists. */
  label?: string
  /** Who sent them here; a code that nobody has is passed over. */
  referralCode?: string
}

/**
 * Makes an account with `key` as its first key and opens a session. Fails `conflict` (the name or
 * the key is taken), `invalid` with `fields`, `rate_limited`, `connection_error` (no gateway there).
 */
export const register = async ({
  username,
  label,
  referralCode,
  ...gateway
}: NewAccount): Promise<RegisteredSession> => {
  const proof = await prove(gateway, 'register')
  const body = {
    username,
    ...proof,
    ...(label !== undefined && { label }),
    ...(referralCode !== undefined && { referral_code: referralCode }),
  }
  return post<RegisteredSession>(gateway, '/api/auth/register', body)
}

/** Opens a session for `key`. Fails `unknown_key`, `rate_limited`, `connection_error` and the like. */
export const signIn = async (gateway: GatewayOptions): Promise<Session> =>
  post<Session>(gateway, '/api/auth/verify', await prove(gateway, 'login'))

const prove = async (
  gateway: GatewayOptions,
  purpose: SigningPurpose,
): Promise<{ public_key: string; challenge: string; signature: string }> => {
  const { key, audience = AUDIENCE } = gateway
  const { publicKey } = key
  const { challenge, now } = await post<OutputOf<Procedures['challenge']>>(
    gateway,
    '/api/auth/challenge',
    { public_key: publicKey, purpose },
  )
  const serverEpochMs = Date.parse(now)
  const signed = { audience, purpose, publicKey, challenge, serverEpochMs }
  return { public_key: publicKey, challenge, signature: await key.sign(challengeMessage(signed)) }
}

const post = async <T>(gateway: GatewayOptions, path: string, body: object): Promise<T> => {
  const { gatewayUrl, timeoutMs = 10_000 } = gateway
  const response = await fetch(new URL(path, gatewayUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw failure('connection_error', { message: `${gatewayUrl}: ${whyNoAnswer(error)}` })
  })
  if (!response.ok) throw await problemFailure(response)
  return (await response.json()) as T
}

/** `fetch` hides the reason in the cause of its error. */
const whyNoAnswer = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return cause.message || ('code' in cause ? String(cause.code) : error.message)
}
