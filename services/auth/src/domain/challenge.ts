import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto'
import type { SigningPurpose } from '@meshboard/contracts'

/** What challenges are made with, and how long they may be answered. */
export interface ChallengeTerms {
  readonly secret: KeyObject
  /** Those that are known again: `secret`, and of keys just before or after it. */
  readonly secrets: readonly KeyObject[]
  readonly lifeMs: number
}

/**
 * A challenge says by itself who may answer it and since when it stands, so that nothing is stored
 * for strangers: 6 bytes of issue time, 10 random ones, and 16 of an HMAC over both, the key it was
 * given to and the purpose.
 */
interface Bound {
  /** 64 hex digits: the key that is to sign. */
  publicKey: string
  purpose: SigningPurpose
}

export const RANDOM_BYTES = 10
const TIME_BYTES = 6
const MAC_BYTES = 16
const BYTES = TIME_BYTES + RANDOM_BYTES + MAC_BYTES

/** A challenge in base64url. `issuedAtMs` in milliseconds since 1970, `random` of `RANDOM_BYTES`. */
export const makeChallenge = (
  made: Bound & { secret: KeyObject; issuedAtMs: number; random: Uint8Array },
): string => {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeUIntBE(made.issuedAtMs, 0, TIME_BYTES)
  const head = Buffer.concat([time, made.random])
  return Buffer.concat([head, macOf(made.secret, made, head)]).toString('base64url')
}

/**
 * When the challenge was made, milliseconds since 1970, if one of these secrets made it for this
 * key and purpose. Each challenge has one spelling only. Whether it is still fresh, or used, the
 * caller has to see.
 */
export const issueTimeOf = (
  challenge: string,
  { secrets, ...bound }: Bound & { secrets: readonly KeyObject[] },
): number | undefined => {
  const bytes = Buffer.from(challenge, 'base64url')
  if (bytes.length !== BYTES || bytes.toString('base64url') !== challenge) return undefined
  const head = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES)
  const mac = bytes.subarray(TIME_BYTES + RANDOM_BYTES)
  const ours = secrets.some((secret) => timingSafeEqual(macOf(secret, bound, head), mac))
  return ours ? head.readUIntBE(0, TIME_BYTES) : undefined
}

const macOf = (secret: KeyObject, { publicKey, purpose }: Bound, head: Uint8Array): Buffer =>
  createHmac('sha256', secret)
    .update(`${purpose}\n${publicKey}\n`)
    .update(head)
    .digest()
    .subarray(0, MAC_BYTES)
