import { type KeyObject, createPrivateKey, createSecretKey, hkdfSync } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { OutputOf, auth } from '@meshboard/contracts'
import { calculateJwkThumbprint } from 'jose'

/** A public key as `auth.jwks` shows it. */
type PublicJwk = OutputOf<typeof auth.procedures.jwks>['keys'][number]

/** A key that signs access tokens, and what follows from it. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicJwk: PublicJwk
  /** What the challenges of its time are made and known again with. */
  readonly challengeSecret: KeyObject
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
  const privateKey = parse(await readPrivately(file))
  if (privateKey?.asymmetricKeyType !== 'ed25519')
    throw fault(file, 'is not a private ed25519 key (PKCS8, PEM)')
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
  const key = { kty: 'OKP', crv: 'Ed25519', x } as const
  return {
    privateKey,
    publicJwk: { ...key, kid: await calculateJwkThumbprint(key), alg: 'EdDSA', use: 'sig' },
    challengeSecret: derive(Buffer.from(d, 'base64url')),
  }
}

const readPrivately = async (file: string): Promise<string> => {
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    const { mode } = await handle.stat()
    if ((mode & 0o077) !== 0) throw fault(file, `is open to others; run "chmod 600 ${file}"`)
    return await handle.readFile('utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw fault(file, `cannot be read: ${error.code}`)
    throw error
  } finally {
    await handle?.close()
  }
}

const parse = (pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

const derive = (seed: Uint8Array): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', seed, '', 'meshboard-auth challenge v1', 32)))

const fault = (file: string, what: string): Error =>
  new Error(`AUTH_SIGNING_KEY_FILES: ${file} ${what}`)
