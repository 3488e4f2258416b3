import { type KeyObject, createPrivateKey, createSecretKey, hkdfSync } from 'node:crypto'
import type { OutputOf, auth } from '@meshboard/contracts'
import { calculateJwkThumbprint } from 'jose'
import { fileFault, readPrivately } from './private-file.ts'

/** A public key as `auth.jwks` shows it. */
type PublicJwk = OutputOf<typeof auth.procedures.jwks>['keys'][number]

/** A key that signs access tokens, and what follows from it. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicJwk: PublicJwk
  /** What the challenges of its time are made and known again with. */
  readonly challengeSecret: KeyObject
  /** What stands in for a pepper of its own (`peppers.ts`). */
  readonly pepper: KeyObject
}

/** The first key signs; all verify. */
export type SigningKeys = readonly [SigningKey, ...SigningKey[]]

/**
 * Reads the keys. Throws one clear line, without any content, for a file that is not there, that is
 * not a private ed25519 key, or that others may touch.
 */
export const readSigningKeys = async (files: readonly string[]): Promise<SigningKeys> => {
  const [first, ...others] = await Promise.all(files.map(readSigningKey))
  if (!first) throw new Error('AUTH_SIGNING_KEY_FILES names no file')
  return [first, ...others]
}

const readSigningKey = async (file: string): Promise<SigningKey> => {
  const named = { file, variable: 'AUTH_SIGNING_KEY_FILES' }
  const privateKey = parse(await readPrivately(named))
  if (privateKey?.asymmetricKeyType !== 'ed25519')
    throw fileFault(named, 'is not a private ed25519 key (PKCS8, PEM)')
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
  const key = { kty: 'OKP', crv: 'Ed25519', x } as const
  const seed = Buffer.from(d, 'base64url')
  return {
    privateKey,
    publicJwk: { ...key, kid: await calculateJwkThumbprint(key), alg: 'EdDSA', use: 'sig' },
    challengeSecret: derive(seed, 'challenge'),
    pepper: derive(seed, 'pepper'),
  }
}

const parse = (pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

const derive = (seed: Uint8Array, use: 'challenge' | 'pepper'): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', seed, '', `meshboard-auth ${use} v1`, 32)))
