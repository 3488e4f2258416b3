import { expect, test } from 'vitest'
import { fillIn, namesOf } from './names.ts'

test('a name has one spelling for each place', () => {
  const names = namesOf('fraud-watch-2')
  const text = fillIn('__name__ __camel__ __snake__ __UPPER___MAX __schema__.labels', names)
  expect(text).toBe(
    'fraud-watch-2 fraudWatch2 fraud_watch_2 FRAUD_WATCH_2_MAX "fraud-watch-2".labels',
  )
})

test('a plain name is quoted by Postgres only when it is a word of SQL', () => {
  expect(namesOf('chat').schema).toBe('chat')
  expect(namesOf('order').schema).toBe('"order"')
})
