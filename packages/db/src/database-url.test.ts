// Goal: a service does not start with a DATABASE_URL that would believe whoever answers.
// Method: the configuration is read from texts, nothing is connected to.
import { readConfig } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { databaseUrl } from './database-url.ts'

const read = (query: string) =>
  readConfig(
    { url: databaseUrl('Postgres.') },
    { DATABASE_URL: `postgres://u:hunter2@db.example/d${query}` },
  )

test.each(['', '?sslmode=disable', '?sslmode=verify-full', '?ssl=true'])('%s is taken', (query) => {
  expect(read(query).url.reveal()).toContain(`db.example/d${query}`)
})

test.each(['allow', 'prefer', 'require', 'verify-ca', 'no-verify'])(
  'sslmode=%s is refused, with what to use',
  (mode) => {
    expect(() => read(`?sslmode=${mode}`)).toThrow(
      `DATABASE_URL has sslmode=${mode}, which does not check who answers: use sslmode=verify-full`,
    )
  },
)

test('what turns checking off another way is refused as well', () => {
  expect(() => read('?ssl=no-verify')).toThrow(/does not check who answers/)
})

test('a file of certificates that is not there is told by name', () => {
  expect(() => read('?sslmode=verify-full&sslrootcert=/nowhere/ca.pem')).toThrow(
    'DATABASE_URL /nowhere/ca.pem is not there',
  )
})
