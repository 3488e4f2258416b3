// Shows: S1 (part), S3 (part)
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { challengeMessage } from '@meshboard/contracts'
import { describe, expect, test } from 'vitest'
import { isStrictPoint, verifySignature } from './verify-signature.ts'

/** RFC 8032, section 7.1. */
const RFC_8032 = [
  {
    name: 'TEST 1',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    name: 'TEST 2',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    name: 'TEST 3',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
]

describe('RFC 8032', () => {
  test.each(RFC_8032)('$name is accepted', ({ publicKey, message, signature }) => {
    expect(verifySignature({ publicKey, message: bytes(message), signature })).toBe(true)
  })

  test.each(RFC_8032)('$name is refused with any byte changed', (vector) => {
    const { publicKey, message, signature } = vector
    for (let at = 0; at < 64; at += 1) {
      const changed = bytes(signature)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      const spoilt = { publicKey, message: bytes(message), signature: changed.toString('hex') }
      expect(verifySignature(spoilt)).toBe(false)
    }
    const other = { publicKey, message: bytes(`${message}00`), signature }
    expect(verifySignature(other)).toBe(false)
  })

  test('a signature with L added to its S is refused', () => {
    for (const { publicKey, message, signature } of RFC_8032) {
      const s = scalarOf(bytes(signature).subarray(32)) + L
      const malleated = signature.slice(0, 64) + hexOf(s)
      expect(verifySignature({ publicKey, message: bytes(message), signature: malleated })).toBe(
        false,
      )
    }
  })

  test('a key or signature of another length is refused', () => {
    const { publicKey, signature } = RFC_8032[0]!
    const message = bytes('')
    expect(verifySignature({ publicKey: `${publicKey}00`, message, signature })).toBe(false)
    expect(verifySignature({ publicKey: publicKey.slice(2), message, signature })).toBe(false)
    expect(verifySignature({ publicKey, message, signature: `${signature}00` })).toBe(false)
    expect(verifySignature({ publicKey, message, signature: '' })).toBe(false)
  })

  test('a key that is no point of the curve is refused', () => {
    const publicKey = `02${'00'.repeat(31)}`
    expect(
      verifySignature({ publicKey, message: bytes(''), signature: RFC_8032[0]!.signature }),
    ).toBe(false)
  })
})

test('the example of the README is what it says', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const [, lines = '', signature = ''] =
    /```\n(meshboard-auth:v1\n[^`]*)\n```[^`]*```\n(\w+)/.exec(readme) ?? []
  const [, audience = '', purpose, publicKey = '', challenge = '', time] = lines.split('\n')
  expect(purpose).toBe('login')
  const told = { audience, publicKey, challenge, serverEpochMs: Number(time) }
  const message = challengeMessage({ ...told, purpose: 'login' })
  expect(verifySignature({ publicKey, message, signature })).toBe(true)
})

/** All 14 spellings of the 8 points of small order; the last 6 are not canonical. */
const SMALL_ORDER = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(31)}`,
  `ed${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(31)}`,
  `ee${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(31)}`,
]

describe('points of small order', () => {
  test.each(SMALL_ORDER)('%s is no strict point', (point) => {
    expect(isStrictPoint(bytes(point))).toBe(false)
  })

  test('no pair of such a key and R is accepted, for any of many messages', () => {
    for (const publicKey of SMALL_ORDER) {
      for (const r of SMALL_ORDER) {
        for (let tried = 0; tried < 8; tried += 1) {
          const signed = { publicKey, message: Buffer.of(tried), signature: r + hexOf(0n) }
          expect(verifySignature(signed)).toBe(false)
        }
      }
    }
  })

  test('one signature for every message under the identity as key is refused', () => {
    const { a, publicKey: r } = keyFrom('one signature')
    for (const publicKey of SMALL_ORDER) {
      const signed = { publicKey, message: bytes('00'), signature: r + hexOf(a) }
      expect(verifySignature(signed)).toBe(false)
    }
  })

  test('an honest key with the identity as R is refused, though the equation holds', () => {
    const { a, publicKey } = keyFrom('small R')
    const message = bytes('0102')
    const r = `01${'00'.repeat(31)}`
    const h = scalarOf(sha512(Buffer.concat([bytes(r), bytes(publicKey), message]))) % L
    expect(verifySignature({ publicKey, message, signature: r + hexOf((h * a) % L) })).toBe(false)
  })
})

test('a y that is not below p is no strict point', () => {
  for (let above = 0; above < 19; above += 1) {
    for (const sign of ['7f', 'ff'])
      expect(isStrictPoint(bytes((0xed + above).toString(16) + 'ff'.repeat(30) + sign))).toBe(false)
  }
})

test('the y of an honest key is a strict point, with either sign', () => {
  for (let nth = 0; nth < 50; nth += 1) {
    const point = bytes(keyFrom(`honest ${nth}`).publicKey)
    expect(isStrictPoint(point)).toBe(true)
    point.writeUInt8(point.readUInt8(31) ^ 0x80, 31)
    expect(isStrictPoint(point)).toBe(true)
  }
})

const L = 2n ** 252n + 27742317777372353535851937790883648493n

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
const scalarOf = (little: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(little).reverse().toString('hex')}`)
const hexOf = (scalar: bigint): string =>
  bytes(scalar.toString(16).padStart(64, '0')).reverse().toString('hex')
const sha512 = (message: Uint8Array): Buffer => createHash('sha512').update(message).digest()

/** A key with its secret scalar, which only a forger needs. */
const keyFrom = (name: string) => {
  const seed = sha512(Buffer.from(name)).subarray(0, 32)
  const pkcs8 = Buffer.concat([bytes('302e020100300506032b657004220420'), seed])
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const { x = '' } = privateKey.export({ format: 'jwk' })
  const publicKey = Buffer.from(x, 'base64url').toString('hex')
  const signature = sign(null, Buffer.from('works'), privateKey).toString('hex')
  expect(verifySignature({ publicKey, message: Buffer.from('works'), signature })).toBe(true)
  const clamped = sha512(seed).subarray(0, 32)
  clamped[0]! &= 248
  clamped[31] = (clamped[31]! & 63) | 64
  return { publicKey, a: scalarOf(clamped) % L }
}
