// Shows: S8 (part)
import { createSecretKey, randomBytes } from 'node:crypto'
import { Challenge } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { RANDOM_BYTES, issueTimeOf, makeChallenge } from './challenge.ts'

const secret = createSecretKey(Buffer.alloc(32, 1))
const older = createSecretKey(Buffer.alloc(32, 2))
const bound = { publicKey: 'ab'.repeat(32), purpose: 'login' } as const
const issuedAtMs = Date.parse('2026-11-21T09:30:00.123Z')
const make = () =>
  makeChallenge({ ...bound, secret, issuedAtMs, random: randomBytes(RANDOM_BYTES) })

test('a challenge is 32 bytes and says when it was made', () => {
  const challenge = make()
  expect(Challenge.parse(challenge)).toBe(challenge)
  expect(issueTimeOf(challenge, { ...bound, secrets: [secret] })).toBe(issuedAtMs)
})

test('a challenge made under an older key is known while that key is configured', () => {
  const challenge = make()
  expect(issueTimeOf(challenge, { ...bound, secrets: [older, secret] })).toBe(issuedAtMs)
  expect(issueTimeOf(challenge, { ...bound, secrets: [older] })).toBeUndefined()
})

test('a challenge is worth nothing for another key or purpose', () => {
  const challenge = make()
  const secrets = [secret]
  const publicKey = 'ac'.repeat(32)
  expect(issueTimeOf(challenge, { ...bound, publicKey, secrets })).toBeUndefined()
  expect(issueTimeOf(challenge, { ...bound, purpose: 'register', secrets })).toBeUndefined()
})

test('a challenge with any bit changed is refused', () => {
  const whole = Buffer.from(make(), 'base64url')
  for (let bit = 0; bit < 256; bit += 1) {
    const changed = Buffer.from(whole)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    const challenge = changed.toString('base64url')
    expect(issueTimeOf(challenge, { ...bound, secrets: [secret] })).toBeUndefined()
  }
})

test('a challenge spelled differently is refused', () => {
  const challenge = make()
  const last = challenge.at(-1) ?? ''
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const respelled = challenge.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1]
  expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(challenge, 'base64url'))
  expect(issueTimeOf(respelled, { ...bound, secrets: [secret] })).toBeUndefined()
})

test('challenges of one moment do not repeat', () => {
  expect(new Set(Array.from({ length: 10_000 }, make)).size).toBe(10_000)
})
