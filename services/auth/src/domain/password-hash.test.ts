import { expect, test } from 'vitest'
import { isOutdated, readPhc, toPhc } from './password-hash.ts'

const hash = {
  memory: 47_104,
  passes: 1,
  salt: Buffer.alloc(16, 0xfb),
  tag: Buffer.alloc(32, 0xfe),
}

test('a hash is written as PHC has it and read again', () => {
  const text = toPhc(hash)
  expect(text).toBe(
    '$argon2id$v=19$m=47104,t=1,p=1$+/v7+/v7+/v7+/v7+/v7+w$/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v4',
  )
  expect(readPhc(text)).toEqual(hash)
})

test.each([
  '',
  '$2b$10$abcdefghijklmnopqrstuuKX0m4OeC3e1cGm0nEvnG7kYwqvQyq2G',
  toPhc(hash).replace('argon2id', 'argon2i'),
  toPhc(hash).replace('p=1', 'p=4'),
  toPhc(hash).slice(0, -1),
])('%j is not read', (text) => {
  expect(readPhc(text)).toBeUndefined()
})

test('a hash is outdated when anything has risen since', () => {
  expect(isOutdated(hash, hash)).toBe(false)
  expect(isOutdated(hash, { memory: 19_456, passes: 1 })).toBe(false)
  expect(isOutdated(hash, { memory: 47_105, passes: 1 })).toBe(true)
  expect(isOutdated(hash, { memory: 47_104, passes: 2 })).toBe(true)
})
