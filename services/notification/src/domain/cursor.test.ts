import { newId } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { fromCursor, toCursor } from './cursor.ts'

test('a cursor leads back to its notification', () => {
  const id = newId('notification')
  expect(toCursor(id)).toMatch(/^[A-Za-z0-9_-]{1,128}$/)
  expect(fromCursor(toCursor(id))).toBe(id)
})

test.for([
  '',
  'x',
  '42',
  newId('notification'),
  toCursor(newId('user')),
  toCursor('ntf_'),
  'v'.repeat(128),
])('the text %j is no cursor', (text) => {
  expect(fromCursor(text)).toBeUndefined()
})
