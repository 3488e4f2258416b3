import { failure } from '@meshboard/contracts/client'
import { etc, getPublicKeyAsync, signAsync, utils } from '@noble/ed25519'

/** An ed25519 key (RFC 8032) that signs. The secret stays inside, out of reach of logs. */
export interface Key {
  /** 64 lower-case hex digits. */
  readonly publicKey: string
  /** The signature of `message`, 128 lower-case hex digits. */
  sign(message: Uint8Array): Promise<string>
}

/**
 * The key that grows from a 32-byte seed, given as 64 hex digits. Fails `invalid` for anything else.
 * Needs WebCrypto: in a browser, a secure context.
 */
export const keyFromSeed = async (seed: string): Promise<Key> => {
  if (!/^[0-9a-f]{64}$/i.test(seed)) {
    throw failure('invalid', { message: 'A key seed is 64 hex digits (32 bytes).' })
  }
  const secret = etc.hexToBytes(seed)
  return {
    publicKey: etc.bytesToHex(await getPublicKeyAsync(secret)),
    sign: async (message) => etc.bytesToHex(await signAsync(message, secret)),
  }
}

/** A new key, and its seed for whoever stores it; the seed is as secret as the key. */
export const generateKey = async (): Promise<{ key: Key; seed: string }> => {
  const seed = etc.bytesToHex(utils.randomSecretKey())
  return { key: await keyFromSeed(seed), seed }
}
