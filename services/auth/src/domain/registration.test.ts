import { expect, test } from 'vitest'
import { registrationOf } from './registration.ts'

const username = 'ann'
const login = { email: 'Ann.Miller@Example.org', password: 'seven-green-boats' }
const key = { public_key: 'ab'.repeat(32), challenge: 'A'.repeat(43), signature: 'cd'.repeat(64) }

test('an address and a password will do, the address in lower case', () => {
  expect(registrationOf({ username, ...login })).toMatchObject({
    username,
    login: { email: 'ann.miller@example.org', password: 'seven-green-boats' },
  })
})

test('a key will do, and both', () => {
  expect(registrationOf({ username, ...key })).not.toHaveProperty('login')
  expect(registrationOf({ username, ...key, label: 'phone' })).toMatchObject({
    key: { ...key, label: 'phone' },
  })
  expect(registrationOf({ username, ...key, ...login })).toMatchObject({ key, login: {} })
})

test('a password is kept in one spelling', () => {
  const decomposed = 'se\u0301same-ouvre-toi'
  const made = registrationOf({ username, ...login, password: decomposed })
  expect(made).toMatchObject({ login: { password: decomposed.normalize('NFC') } })
})

test.each([
  ['nothing', {}, ['email']],
  ['an address alone', { email: login.email }, ['password']],
  ['a password alone', { password: login.password }, ['email']],
  ['a key that signs nothing', { public_key: key.public_key }, ['challenge', 'signature']],
  ['a signature of no key', { signature: key.signature }, ['public_key', 'challenge']],
  ['a label of no key', { ...login, label: 'phone' }, Object.keys(key)],
  ['a common password', { ...login, password: 'password1' }, ['password']],
  ['one made of the name', { ...login, password: 'miller1999' }, ['password']],
  ['two faults', { password: 'x', challenge: key.challenge }, ['email', 'public_key', 'signature']],
])('%s is refused, by field', (_title, given, fields) => {
  const refused = registrationOf({ username, ...given })
  expect(refused).toHaveProperty('fields')
  if ('fields' in refused) expect(Object.keys(refused.fields)).toEqual(fields)
})
