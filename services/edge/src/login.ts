import { randomBytes } from 'node:crypto'
import { Failure, type Role, auth, failure } from '@meshboard/contracts'
import type { Runtime } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Peer } from './peer.ts'
import type { Tickets } from './tickets.ts'
import type { Turnstile } from './turnstile.ts'

/** What a client offers to prove who it is. */
export type Credentials =
  | { kind: 'token'; token: string }
  | { kind: 'ticket'; ticket: string }
  | { kind: 'challenge'; publicKey: string; signature: string }
  | {
      kind: 'signed_time'
      publicKey: string
      timestamp: number
      nonce: string
      signature: string
    }

/** Who is signed in, and until when. */
export interface Login {
  readonly userId: string
  readonly sessionId: string
  /** What the token says this user may do; of a key's session nobody asks. */
  readonly roles: readonly Role[]
  /** Goes with every call made for this user. */
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Whether a key signed; such a login is renewed with a fresh challenge. */
  readonly byKey: boolean
  /** The socket that this one comes in place of, when a ticket says so. */
  readonly replaces?: string | undefined
}

/** 32 unguessable bytes, to be signed once and soon. */
export class Challenge {
  readonly value = randomBytes(32).toString('base64url')
  readonly issuedAt = Date.now()
  #isUsed = false

  /** Whether it is older than `validMs`. */
  isStale(validMs: number): boolean {
    return Date.now() - this.issuedAt > validMs
  }

  /** Uses it up. Fails `auth_failed` when it was used before, or is older than `validMs`. */
  use(validMs: number): void {
    if (this.#isUsed || this.isStale(validMs)) throw failure('auth_failed')
    this.#isUsed = true
  }
}

interface Attempt {
  credentials: Credentials
  peer: Peer
  challenge: Challenge | undefined
  /** The login that is renewed; the new one must be the same user's. */
  renews: Login | undefined
  tickets: Tickets
  verifications: Turnstile
}

/** The codes that say the login itself was at fault, and no part of the mesh. */
const REFUSALS: ReadonlySet<string> = new Set([
  'unauthorized',
  'session_expired',
  'invalid_signature',
  'invalid',
  'forbidden',
])

/**
 * Signs in, or renews a login. Fails `unknown_key` when the signature is good and nobody's,
 * `auth_failed` for any other fault of the credentials, and otherwise with what kept the mesh from
 * judging them.
 */
export const signIn = async (runtime: Runtime<Config>, attempt: Attempt): Promise<Login> => {
  try {
    const login = await judge(runtime, attempt)
    if (attempt.renews && attempt.renews.userId !== login.userId) throw failure('auth_failed')
    return login
  } catch (error) {
    throw error instanceof Failure && REFUSALS.has(error.code) ? failure('auth_failed') : error
  }
}

/** Whether a failed login is the client's own fault. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Failure && (error.code === 'auth_failed' || error.code === 'unknown_key')

const judge = (runtime: Runtime<Config>, attempt: Attempt): Promise<Login> => {
  const { credentials } = attempt
  if (credentials.kind === 'token') return byToken(runtime, attempt, credentials.token)
  if (credentials.kind === 'ticket') return byTicket(runtime, attempt, credentials.ticket)
  return byKey(runtime, attempt, credentials)
}

/** The login a ticket was made from. */
const byTicket = async (
  ...[runtime, attempt, ticket]: [Runtime<Config>, Attempt, string]
): Promise<Login> => {
  const { token, ...opened } = attempt.tickets.open(ticket)
  return { ...(await byToken(runtime, attempt, token)), ...opened }
}

/** The login an access token proves. Those that come together wait in line: refused, they would only come again. */
export const byToken = async (
  ...[{ verify }, { verifications }, token]: [Runtime<Config>, { verifications: Turnstile }, string]
): Promise<Login> => {
  const { userId, sessionId, roles, expiresAt } = await verifications.pass(() => verify(token))
  return { userId, sessionId, roles, token, expiresAt, byKey: false }
}

type Signed = Exclude<Credentials, { kind: 'token' | 'ticket' }>

const byKey = async (
  ...[{ rpc, config }, { peer, challenge, renews }, credentials]: [Runtime<Config>, Attempt, Signed]
): Promise<Login> => {
  const session = await rpc.call(auth.procedures.openSession, {
    public_key: credentials.publicKey,
    proof: proofOf(credentials, { challenge, validMs: config.challengeMs }),
    ...(renews && { session_id: renews.sessionId }),
    ...(peer.address !== undefined && { address: peer.address }),
    ...(peer.userAgent !== undefined && { user_agent: peer.userAgent }),
  })
  return {
    userId: session.user_id,
    sessionId: session.session_id,
    roles: [],
    token: session.access_token,
    expiresAt: Date.parse(session.expires_at),
    byKey: true,
  }
}

const proofOf = (
  credentials: Signed,
  { challenge, validMs }: { challenge: Challenge | undefined; validMs: number },
) => {
  const { signature } = credentials
  if (credentials.kind === 'signed_time') {
    const { timestamp, nonce } = credentials
    return { kind: 'signed_time' as const, timestamp, nonce, signature }
  }
  if (!challenge) throw failure('auth_failed')
  challenge.use(validMs)
  const { value, issuedAt } = challenge
  return { kind: 'challenge' as const, challenge: value, server_epoch_ms: issuedAt, signature }
}
