import { createPublicKey, verify } from 'node:crypto'

interface Signed {
  /** 64 hex digits. */
  publicKey: string
  message: Uint8Array
  /** 128 hex digits. */
  signature: string
}

/**
 * Whether the key signed the message: RFC 8032 and stricter, whatever the platform does (Node 22
 * takes one signature of a small-order key for every message). Refused besides: a key or R of small
 * order, and a y that is not below p. That S is below L, and that R has only one spelling, the
 * platform sees to.
 */
export const verifySignature = ({ publicKey, message, signature }: Signed): boolean => {
  const key = Buffer.from(publicKey, 'hex')
  const bytes = Buffer.from(signature, 'hex')
  if (key.length !== POINT_BYTES || bytes.length !== 2 * POINT_BYTES) return false
  if (!isStrictPoint(key) || !isStrictPoint(bytes.subarray(0, POINT_BYTES))) return false
  try {
    return verify(null, message, toKeyObject(key), bytes)
  } catch {
    return false
  }
}

const POINT_BYTES = 32

/** p = 2^255 - 19, in big-endian hex, so that texts compare as numbers do. */
const P = `7f${'ff'.repeat(30)}ed`

/** The y of every point of order 1, 2, 4 or 8, big-endian; those not below p are refused anyway. */
const SMALL_ORDER = new Set([
  '00'.repeat(32),
  `${'00'.repeat(31)}01`,
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826',
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7',
  `7f${'ff'.repeat(30)}ec`,
])

/** Whether 32 bytes spell a y below p that is not of a point of small order. */
export const isStrictPoint = (point: Uint8Array): boolean => {
  const y = Buffer.from(point).reverse()
  y.writeUInt8(y.readUInt8(0) & 0x7f, 0)
  const hex = y.toString('hex')
  return hex < P && !SMALL_ORDER.has(hex)
}

const toKeyObject = (publicKey: Buffer) =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  })
