// Goal: what is signed is byte for byte what the vectors of the protocol page say.
// Method: the vectors, checked with the system's own ed25519 and with nothing of the SDK.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type SigningPurpose, challengeMessage, signedTimeMessage } from '../src/index.ts'

interface Signed {
  readonly message_hex: string
  readonly signature: string
}
interface Vectors {
  readonly key: { seed: string; public_key: string; public_key_base64: string }
  readonly challenge: readonly (Signed & {
    audience: string
    purpose: SigningPurpose
    public_key: string
    challenge: string
    now: string
    server_epoch_ms: number
  })[]
  readonly signed_time: readonly (Signed & { timestamp: number; nonce: string })[]
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../docs/protocol-vectors.json', import.meta.url), 'utf8'),
) as Vectors

// RFC 8410: what stands before the 32 bytes of a seed in PKCS #8.
const PKCS8 = '302e020100300506032b657004220420'
const secretKey = createPrivateKey({
  key: Buffer.from(PKCS8 + vectors.key.seed, 'hex'),
  format: 'der',
  type: 'pkcs8',
})
const publicKey = createPublicKey(secretKey)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('the seed of the vectors gives their public key', () => {
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  expect(hex(raw)).toBe(vectors.key.public_key)
  expect(raw.toString('base64')).toBe(vectors.key.public_key_base64)
})

describe.each([...vectors.challenge, ...vectors.signed_time])('$message_hex', (vector) => {
  const message = Buffer.from(vector.message_hex, 'hex')

  test('is the message of its fields', () => {
    expect(hex(messageOf(vector))).toBe(vector.message_hex)
  })

  test('is signed as the vector says', () => {
    expect(hex(sign(null, message, secretKey))).toBe(vector.signature)
  })

  test('with one bit changed does not verify', () => {
    const signature = Buffer.from(vector.signature, 'hex')
    expect(verify(null, message, publicKey, signature)).toBe(true)
    message.writeUInt8(message.readUInt8(0) ^ 1, 0)
    expect(verify(null, message, publicKey, signature)).toBe(false)
  })
})

test('the time that is signed is that of the welcome', () => {
  for (const { now, server_epoch_ms: epochMs } of vectors.challenge) {
    expect(Date.parse(now)).toBe(epochMs)
  }
})

const messageOf = (vector: Vectors['challenge'][number] | Vectors['signed_time'][number]) =>
  'nonce' in vector
    ? signedTimeMessage(vector.timestamp, vector.nonce)
    : challengeMessage({
        ...vector,
        publicKey: vector.public_key,
        serverEpochMs: vector.server_epoch_ms,
      })
