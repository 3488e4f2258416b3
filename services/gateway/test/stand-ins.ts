import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto'
import { ACCESS_TOKEN, type OutputOf, type Procedure, type auth } from '@meshboard/contracts'
import { type CallContext, type Handler, newId } from '@meshboard/kit'

/** What a service was asked, as it saw it. */
export interface Seen {
  readonly procedure: string
  readonly input: unknown
  readonly userId: string | undefined
  readonly traceId: string
  readonly idempotencyKey: string | undefined
}

/** Somebody's proof, and what the stand-ins do by it. */
export interface Issuer {
  /** A token that is good, but for what `changes` say. */
  token(changes?: { claims?: object; header?: object; key?: KeyObject }): string
  readonly jwk: OutputOf<typeof auth.procedures.jwks>['keys'][number]
}

const KID = 'key-of-the-stand-in'
export const ANN = newId('user')
/** The services answer this one only after the time is up. */
export const SLOW = newId('user')
export const CONNECTION = newId('connection')
export const ENTRY = newId('entry')
/** Asking for this entry meets a bug. */
export const BUGGY_ENTRY = newId('entry')
export const GOOD_SIGNATURE = 'a'.repeat(128)
export const BAD_SIGNATURE = '0'.repeat(128)
export const PUBLIC_KEY = 'b'.repeat(64)
export const CHALLENGE = 'c'.repeat(43)

/** Nobody logs in with this password. */
export const WRONG_PASSWORD = 'wrong horse battery'
/** Renews a session whose end has come. */
export const ENDED_TOKEN = `${newId('session')}.${'e'.repeat(43)}`
export const NOW = '2026-11-21T09:30:00.000Z'
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs access tokens as auth does, with a key of its own. */
export const createIssuer = (): Issuer => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid: KID, alg: 'EdDSA', use: 'sig' },
    token({ claims, header, key = privateKey } = {}) {
      const iat = Math.floor(Date.now() / 1000)
      const { issuer: iss, audience: aud, type: typ } = ACCESS_TOKEN
      const ids = { sub: ANN, sid: newId('session'), jti: newId('event'), roles: ['user'] }
      const head = encoded({ alg: 'EdDSA', typ, kid: KID, ...header })
      const signed = `${head}.${encoded({ iss, aud, iat, exp: iat + 300, ...ids, ...claims })}`
      return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
    },
  }
}

/** Ties what a stand-in answers to its procedure. */
export type Answer = <P extends Procedure>(
  procedure: P,
  run: (context: CallContext<P>) => Promise<OutputOf<P>>,
) => Handler<P, object>
