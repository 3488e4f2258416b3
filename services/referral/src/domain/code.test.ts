import { ReferralCode } from '@meshboard/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALPHABET, codeFor, toKept } from './code.ts'

const first = () => 0

test.for([
  ['ann', 'ANN-2222'],
  ['Ann_Lee-3', 'ANNLEE3-2222'],
  ['a_very_long_username', 'AVERYLONGUSE-2222'],
  [undefined, 'MESH-2222'],
] as const)('for a user called %s the code is like %s', ([username, code]) => {
  expect(codeFor(username, first)).toBe(code)
})

test('the signs are drawn from all that cannot be mistaken', () => {
  expect(codeFor('ann', (below) => below - 1)).toBe('ANN-ZZZZ')
  expect(ALPHABET).toMatch(/^[2-9A-HJKMNP-Z]{31}$/)
  expect(new Set(ALPHABET).size).toBe(ALPHABET.length)
})

test('every username makes a code that the contract knows, already as it is kept', () => {
  const username = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{2,31}$/)
  const draws = fc.infiniteStream(fc.nat())
  fc.assert(
    fc.property(username, draws, (name, drawn) => {
      const code = codeFor(name, (below) => Number(drawn.next().value) % below)
      expect(code).toMatch(/^[A-Z0-9]{1,12}-[2-9A-HJKMNP-Z]{4}$/)
      expect(ReferralCode.safeParse(code).success).toBe(true)
      expect(toKept(code.toLowerCase())).toBe(code)
    }),
  )
})
