import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromCursor, toCursor } from './cursor.ts'

test('a cursor leads back to its version', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (version) => {
      expect(toCursor(version)).toMatch(/^[A-Za-z0-9_-]{1,128}$/)
      expect(fromCursor(toCursor(version))).toBe(version)
    }),
  )
})

test.for(['', 'x', '42', 'djE_', Buffer.from('v-1').toString('base64url'), 'v'.repeat(128)])(
  'the text %j is no cursor',
  (text) => {
    expect(fromCursor(text)).toBeUndefined()
  },
)
