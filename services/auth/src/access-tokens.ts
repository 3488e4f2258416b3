import { randomUUID } from 'node:crypto'
import { ACCESS_TOKEN, type OutputOf, type Role, type auth } from '@meshboard/contracts'
import { SignJWT } from 'jose'
import type { SigningKey } from './signing-keys.ts'

/** A session a token is to prove. */
interface Provable {
  readonly userId: string
  readonly sessionId: string
  readonly roles: readonly Role[]
  /** When the session ends; its tokens end no later. */
  readonly expiresAt: Date
}

/** Signs access tokens. */
export interface AccessTokens {
  /** The session as the contract has it, with a fresh token. */
  issue(session: Provable, now: Date): Promise<OutputOf<typeof auth.procedures.verify>>
}

/** Signs with `key`; a token is good for `seconds`. */
export const createAccessTokens = (key: SigningKey, seconds: number): AccessTokens => ({
  async issue({ userId, sessionId, roles, expiresAt }, now) {
    const issuedAt = Math.floor(now.getTime() / 1000)
    const expiration = Math.min(issuedAt + seconds, Math.floor(expiresAt.getTime() / 1000))
    const token = await new SignJWT({ sid: sessionId, roles })
      .setProtectedHeader({ alg: 'EdDSA', typ: ACCESS_TOKEN.type, kid: key.publicJwk.kid })
      .setIssuer(ACCESS_TOKEN.issuer)
      .setAudience(ACCESS_TOKEN.audience)
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiration)
      .sign(key.privateKey)
    return {
      user_id: userId,
      session_id: sessionId,
      access_token: token,
      expires_at: new Date(expiration * 1000).toISOString(),
    }
  },
})
