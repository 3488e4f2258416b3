import { ACCESS_TOKEN, HEADERS, type Role, rpcSubjects } from '@meshboard/contracts'
import { type Broker, type Running, encodeJson, newId } from '@meshboard/kit'
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'

/** Somebody who is signed in. */
export interface TestUser {
  readonly userId: string
  readonly sessionId: string
  readonly token: string
}

/** Signs tokens in the place of auth, in tests of other services: real keys, real signatures. */
export interface Issuer extends Running {
  user(overrides?: { roles?: Role[]; seconds?: number; userId?: string }): Promise<TestUser>
}

/** Answers `auth.jwks` as auth would; nothing else. */
export const startIssuer = async (broker: Broker): Promise<Issuer> => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const jwks = encodeJson({ keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] })
  const answering = await broker.serve(rpcSubjects('auth'), 'auth', ({ subject, reply }) => {
    if (reply === undefined) return
    if (subject.endsWith('.jwks')) return broker.publish(reply, jwks)
    broker.publish(reply, encodeJson({ code: 'unsupported' }), { [HEADERS.failure]: 'unsupported' })
  })
  return {
    stop: () => answering.stop(),
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
