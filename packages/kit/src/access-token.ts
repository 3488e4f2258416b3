import { ACCESS_TOKEN, ROLES, type Role, failure } from '@meshboard/contracts'
import { type CryptoKey, type JWTPayload, decodeProtectedHeader, errors, jwtVerify } from 'jose'

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

const TOLERANCE_S = 5

/** The id of the key that signed a token. Fails `unauthorized` when it is no access token of ours. */
export const keyId = (token: string): string => {
  try {
    const { kid, typ } = decodeProtectedHeader(token)
    if (kid !== undefined && typ === ACCESS_TOKEN.type) return kid
  } catch {
    throw failure('unauthorized')
  }
  throw failure('unauthorized')
}

/** What a token says, when that key signed it. Fails `session_expired` when it has ended, else `unauthorized`. */
export const verified = async (token: string, key: CryptoKey | Uint8Array): Promise<JWTPayload> => {
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

/** Who a verified token stands for. */
export const toCaller = (token: string, payload: JWTPayload): Caller => {
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
