// Goal: nothing secret stands in a log, under whatever field somebody puts it.
// Method: fields with and without secrets, at both depths that are looked at.
import { expect, test } from 'vitest'
import { withoutSecrets } from './log-fields.ts'

test('what is secret by its name is redacted, also one level below', () => {
  const fields = { token: 'eyJ', call_id: 'c1', headers: { authorization: 'Bearer x', host: 'h' } }
  expect(withoutSecrets(fields)).toEqual({
    token: '[redacted]',
    call_id: 'c1',
    headers: { authorization: '[redacted]', host: 'h' },
  })
  expect(fields.token).toBe('eyJ')
})

test('fields without secrets come back as they are, errors and all', () => {
  const fields = { err: new Error('x'), user_id: 'usr_1', token: undefined, list: ['token'] }
  expect(withoutSecrets(fields)).toBe(fields)
})
