import { createSecretKey, randomBytes } from 'node:crypto'
import { RefreshToken } from '@meshboard/contracts'
import { describe, expect, test } from 'vitest'
import {
  GRACE_MS,
  SECRET_BYTES,
  judgeRenewal,
  macOf,
  readRefreshToken,
  successorOf,
  toText,
} from './refresh-token.ts'

const sessionId = 'ses_01kafz3v5re0t8y4q2x6n9m7hj'
const pepper = createSecretKey(Buffer.alloc(32, 1))
const older = createSecretKey(Buffer.alloc(32, 2))
const token = { sessionId, secret: randomBytes(SECRET_BYTES), pepper }

test('a token is written as the contract has it and read again, under any pepper', () => {
  expect(RefreshToken.parse(toText(token))).toBe(toText(token))
  expect(readRefreshToken(toText(token), [pepper])).toEqual(token)
  expect(readRefreshToken(toText({ ...token, pepper: older }), [pepper, older])?.pepper).toBe(older)
  expect(readRefreshToken(toText({ ...token, pepper: older }), [pepper])).toBeUndefined()
})

test('a token of another session, or with any bit changed, is none of ours', () => {
  const [, code = ''] = toText(token).split('.')
  const other = sessionId.replace(/j$/, 'k')
  expect(readRefreshToken(`${other}.${code}`, [pepper])).toBeUndefined()
  const whole = Buffer.from(code, 'base64url')
  for (let bit = 0; bit < 256; bit += 1) {
    const changed = Buffer.from(whole)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    const text = `${sessionId}.${changed.toString('base64url')}`
    expect(readRefreshToken(text, [pepper])).toBeUndefined()
  }
})

test('a successor is always the same one, stays under its pepper, and leads nowhere back', () => {
  const next = successorOf(token)
  expect(successorOf(token)).toEqual(next)
  expect(next.pepper).toBe(pepper)
  const chain = [token, next, successorOf(next), successorOf(successorOf(next))]
  expect(new Set(chain.map(toText)).size).toBe(4)
  expect(new Set(chain.map((one) => macOf(one).toString('hex'))).size).toBe(4)
})

describe('a token', () => {
  const now = new Date('2026-11-21T09:30:00.000Z')
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const [first, second, third] = [0, 1, 2].map((byte) => Buffer.alloc(32, byte))
  const session = {
    expiresAt: ago(-1),
    revokedAt: null,
    mac: second ?? null,
    previousMac: first ?? null,
    refreshedAt: ago(GRACE_MS),
  }
  const judge = (mac = Buffer.alloc(0), given = session) => judgeRenewal(given, { mac, now })

  test('that is the present one renews', () => {
    expect(judge(second)).toBe('current')
  })

  test('that was just used gives its successor again, to the millisecond', () => {
    expect(judge(first)).toBe('repeated')
    expect(judge(first, { ...session, refreshedAt: ago(GRACE_MS + 1) })).toBe('reused')
  })

  test('from before shows a theft', () => {
    expect(judge(third)).toBe('reused')
  })

  test.each([
    ['expired', { expiresAt: now }],
    ['revoked', { revokedAt: ago(1) }],
    ['never renewable', { mac: null }],
  ])('of a session that is %s does nothing', (_title, given) => {
    for (const mac of [first, second, third])
      expect(judgeRenewal({ ...session, ...given }, { mac: mac ?? Buffer.alloc(32), now })).toBe(
        'ended',
      )
  })
})
