// Shows: S6 (part), S7 (part)
import { createSecretKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import {
  AUDIENCE,
  type SigningPurpose,
  challengeMessage,
  signedTimeMessage,
} from '@meshboard/contracts'
import { describe, expect, test } from 'vitest'
import { RANDOM_BYTES, makeChallenge } from './challenge.ts'
import { proofOfAnswer, proofOfVouched } from './proofs.ts'

const now = new Date('2026-11-21T09:30:00.500Z')
const secret = createSecretKey(Buffer.alloc(32, 1))
const lifeMs = 10_000
const { privateKey } = generateKeyPairSync('ed25519')
const { x = '' } = privateKey.export({ format: 'jwk' })
const publicKey = Buffer.from(x, 'base64url').toString('hex')
const signed = (message: Uint8Array) => sign(null, message, privateKey).toString('hex')

const answer = (given: {
  ageMs: number
  audience?: string
  signedPurpose?: SigningPurpose
  signedAgeMs?: number
}) => {
  const { ageMs, audience = AUDIENCE, signedPurpose = 'login', signedAgeMs = ageMs } = given
  const issuedAtMs = now.getTime() - ageMs
  const random = randomBytes(RANDOM_BYTES)
  const challenge = makeChallenge({ publicKey, purpose: 'login', secret, issuedAtMs, random })
  const serverEpochMs = now.getTime() - signedAgeMs
  const purpose = signedPurpose
  const message = challengeMessage({ audience, purpose, publicKey, challenge, serverEpochMs })
  return { public_key: publicKey, challenge, signature: signed(message) }
}
const asked = { secret, secrets: [secret], lifeMs, now, purpose: 'login' } as const

describe('an answer to our challenge', () => {
  test('proves the key until its time is over, to the millisecond', () => {
    expect(proofOfAnswer(answer({ ageMs: 0 }), asked)).toMatchObject({ kind: 'challenge' })
    expect(proofOfAnswer(answer({ ageMs: lifeMs }), asked)).toBeDefined()
    expect(proofOfAnswer(answer({ ageMs: lifeMs + 1 }), asked)).toBeUndefined()
  })

  test('is remembered for longer than it is believed', () => {
    const proof = proofOfAnswer(answer({ ageMs: 4_000 }), asked)
    const believedUntil = now.getTime() - 4_000 + lifeMs
    expect(proof?.rememberUntil.getTime()).toBeGreaterThan(believedUntil)
  })

  test.each([
    ['for another mesh', { audience: 'elsewhere' }],
    ['for another purpose', { signedPurpose: 'register' }],
    ['with another time', { signedAgeMs: 1_001 }],
  ] as const)('%s is refused', (_title, wrong) => {
    expect(proofOfAnswer(answer({ ageMs: 1_000, ...wrong }), asked)).toBeUndefined()
  })

  test('to a challenge of another purpose is refused', () => {
    const registering = { ...asked, purpose: 'register' } as const
    const given = answer({ ageMs: 0, signedPurpose: 'register' })
    expect(proofOfAnswer(given, registering)).toBeUndefined()
  })
})

const vouchedChallenge = (ageMs: number, purpose: SigningPurpose = 'login') => {
  const challenge = randomBytes(32).toString('base64url')
  const serverEpochMs = now.getTime() - ageMs
  const told = { audience: AUDIENCE, purpose, publicKey, challenge, serverEpochMs }
  const signature = signed(challengeMessage(told))
  const kind = 'challenge' as const
  return {
    public_key: publicKey,
    proof: { kind, challenge, server_epoch_ms: serverEpochMs, signature },
  }
}

const signedTime = (timestamp: number, nonce = 'nonce-01') => {
  const signature = signed(signedTimeMessage(timestamp, nonce))
  return {
    public_key: publicKey,
    proof: { kind: 'signed_time' as const, timestamp, nonce, signature },
  }
}

describe('what the edge vouches for', () => {
  test('a challenge proves the key when its time lies within a minute', () => {
    for (const ageMs of [-60_000, 0, 60_000])
      expect(proofOfVouched(vouchedChallenge(ageMs), now)).toMatchObject({ kind: 'challenge' })
    for (const ageMs of [-60_001, 60_001])
      expect(proofOfVouched(vouchedChallenge(ageMs), now)).toBeUndefined()
  })

  test('a challenge signed to register does not sign in', () => {
    expect(proofOfVouched(vouchedChallenge(0, 'register'), now)).toBeUndefined()
  })

  test('a signed time is believed from 300 s back to 60 s ahead and nowhere else', () => {
    const seconds = Math.floor(now.getTime() / 1000)
    const believed: number[] = []
    for (let skew = -600; skew <= 600; skew += 1)
      if (proofOfVouched(signedTime(seconds + skew), now)) believed.push(skew)
    expect([believed[0], believed.at(-1), believed.length]).toEqual([-299, 60, 360])
  })

  test('a signed time is remembered for longer than it is believed', () => {
    const seconds = Math.floor(now.getTime() / 1000) + 60
    const proof = proofOfVouched(signedTime(seconds), now)
    expect(proof).toMatchObject({ kind: 'nonce', value: 'nonce-01', publicKey })
    expect(proof?.rememberUntil.getTime()).toBeGreaterThan((seconds + 300) * 1000)
  })

  test('a signature over another nonce is refused', () => {
    const given = signedTime(Math.floor(now.getTime() / 1000))
    const proof = { ...given.proof, nonce: 'nonce-02' }
    expect(proofOfVouched({ ...given, proof }, now)).toBeUndefined()
  })
})
