import { ACCESS_TOKEN, AccessToken, ROLES, type Role, auth, failure } from '@meshboard/contracts'
import {
  type CryptoKey,
  type JWTPayload,
  decodeProtectedHeader,
  errors,
  importJWK,
  jwtVerify,
} from 'jose'
import type { RpcClient } from './rpc-client.ts'

/** Who asks, proven by a signed token. */
export interface Caller {
  readonly userId: string
  readonly sessionId: string
  readonly roles: readonly Role[]
  /** When the proof ends, milliseconds since 1970. */
  readonly expiresAt: number
  /** The proof itself, to be passed on with calls made for this caller. */
  readonly token: string
}

const VERDICTS_MAX = 10_000
const REFRESH_MS = 30_000
const RETRY_MS = 250
/** A key that auth has withdrawn is known for that long at the most. */
const STALE_MS = 5 * 60_000
const TOLERANCE_S = 5

/**
 * Checks access tokens against auth's public keys. A verdict is kept until the token ends; an
 * unknown key id asks auth again, at most every 30 s, or four times a second while auth is away.
 */
export class TokenVerifier {
  readonly #rpc: RpcClient
  #keys = new Map<string, CryptoKey | Uint8Array>()
  readonly #verdicts = new Map<string, Caller>()
  #refreshAfter = 0
  #isAuthAway = false
  #staleAfter = Number.POSITIVE_INFINITY
  #refreshing: Promise<void> | undefined

  constructor(rpc: RpcClient) {
    this.#rpc = rpc
  }

  /**
   * The caller a token proves. Fails `unauthorized`, `session_expired` when it has ended, or
   * `unavailable` when its key is not known and auth is away.
   */
  async verify(token: string): Promise<Caller> {
    const known = this.#verdicts.get(token)
    if (known) return this.#stillGood(known)
    if (!AccessToken.safeParse(token).success) throw failure('unauthorized')
    const key = await this.#keyOf(token)
    const payload = await verified(token, key)
    const caller = toCaller(token, payload)
    this.#remember(token, caller)
    return caller
  }

  #stillGood(caller: Caller): Caller {
    if (caller.expiresAt > Date.now()) return caller
    this.#verdicts.delete(caller.token)
    throw failure('session_expired')
  }

  #remember(token: string, caller: Caller): void {
    const oldest = this.#verdicts.keys().next()
    if (this.#verdicts.size >= VERDICTS_MAX && !oldest.done) this.#verdicts.delete(oldest.value)
    this.#verdicts.set(token, caller)
  }

  async #keyOf(token: string): Promise<CryptoKey | Uint8Array> {
    const kid = keyId(token)
    const mayAsk = this.#refreshing !== undefined || Date.now() >= this.#refreshAfter
    if (!this.#keys.has(kid) && mayAsk) await this.#refresh()
    else if (Date.now() >= this.#staleAfter) this.#refresh().catch(() => undefined)
    const key = this.#keys.get(kid)
    if (key) return key
    throw this.#isAuthAway
      ? failure('unavailable', { retryAfterMs: RETRY_MS })
      : failure('unauthorized')
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#load().finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #load(): Promise<void> {
    this.#refreshAfter = Date.now() + RETRY_MS
    this.#isAuthAway = true
    const { keys } = await this.#rpc.call(auth.procedures.jwks, {})
    const known = new Map<string, CryptoKey | Uint8Array>()
    for (const key of keys) known.set(key.kid, await importJWK(key, key.alg))
    this.#keys = known
    this.#isAuthAway = false
    this.#refreshAfter = Date.now() + REFRESH_MS
    this.#staleAfter = Date.now() + STALE_MS
  }
}

const keyId = (token: string): string => {
  try {
    const { kid, typ } = decodeProtectedHeader(token)
    if (kid !== undefined && typ === ACCESS_TOKEN.type) return kid
  } catch {
    throw failure('unauthorized')
  }
  throw failure('unauthorized')
}

const verified = async (token: string, key: CryptoKey | Uint8Array): Promise<JWTPayload> => {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      issuer: ACCESS_TOKEN.issuer,
      audience: ACCESS_TOKEN.audience,
      typ: ACCESS_TOKEN.type,
      clockTolerance: TOLERANCE_S,
      requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
    })
    return payload
  } catch (error) {
    throw failure(error instanceof errors.JWTExpired ? 'session_expired' : 'unauthorized')
  }
}

const toCaller = (token: string, payload: JWTPayload): Caller => {
  const { sub = '', exp = 0 } = payload
  const roles = Array.isArray(payload['roles']) ? payload['roles'] : []
  return {
    userId: sub,
    sessionId: String(payload['sid']),
    roles: ROLES.filter((role) => roles.includes(role)),
    expiresAt: exp * 1000,
    token,
  }
}
