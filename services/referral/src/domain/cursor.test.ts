import { Cursor } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { fromCursor, toCursor } from './cursor.ts'

test('a cursor leads back to its referral', () => {
  const id = newId('referral')
  expect(Cursor.safeParse(toCursor(id)).success).toBe(true)
  expect(fromCursor(toCursor(id))).toBe(id)
})

test.for(['', 'x', newId('referral'), Buffer.from(`r${newId('user')}`).toString('base64url')])(
  'the text %j is no cursor',
  (text) => {
    expect(fromCursor(text)).toBeUndefined()
  },
)
