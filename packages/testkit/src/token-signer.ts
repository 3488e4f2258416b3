import { ACCESS_TOKEN, type Role } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import {
  type JWK,
  SignJWT,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
} from 'jose'

/** Somebody who is signed in. */
export interface TestUser {
  readonly userId: string
  readonly sessionId: string
  readonly token: string
}

/** What a token of a test says; the rest is made up. */
export interface TestUserOptions {
  roles?: Role[]
  /** Until the token ends. Default 300. */
  seconds?: number
  userId?: string
}

/** A signing key of auth's, with which a test signs tokens itself. */
export interface TokenSigner {
  readonly publicJwk: JWK
  /** The private key, PKCS8, for auth's `AUTH_SIGNING_KEY_FILES`. */
  readonly pem: string
  user(options?: TestUserOptions): Promise<TestUser>
}

/** Makes a key. */
export const createTokenSigner = async (): Promise<TokenSigner> => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return {
    publicJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
    pem: await exportPKCS8(privateKey),
    async user({ roles = ['user'], seconds = 300, userId = newId('user') } = {}) {
      const sessionId = newId('session')
      const now = Math.floor(Date.now() / 1000)
      const token = await new SignJWT({ sid: sessionId, roles })
        .setProtectedHeader({ alg: 'EdDSA', typ: ACCESS_TOKEN.type, kid })
        .setIssuer(ACCESS_TOKEN.issuer)
        .setAudience(ACCESS_TOKEN.audience)
        .setSubject(userId)
        .setJti(newId('event'))
        .setIssuedAt(now)
        .setExpirationTime(now + seconds)
        .sign(privateKey)
      return { userId, sessionId, token }
    },
  }
}
