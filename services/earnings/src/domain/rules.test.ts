import { expect, test } from 'vitest'
import { isRuleName, ruleOf } from './rules.ts'

test.for([
  ['60000', '1 min'],
  ['90000', '1 min 30 s'],
  ['5400000', '1 h 30 min'],
  ['1500', '1.5 s'],
  ['5000', '5 s'],
])('%s ms online are explained as %s', ([online_ms = '', words = '']) => {
  const { explain } = ruleOf('network-rates@1')
  expect(explain({ online_ms, score: '98.6' })).toBe(`${words} online at score 98.6.`)
})

test('a reward is explained with its level', () => {
  const { explain } = ruleOf('referral-rates@1')
  expect(explain({ earned: '8.000000', rate: '0.050000', level: '2' })).toBe(
    'Reward for a user you brought here, level 2.',
  )
})

test('only names of rules are names of rules', () => {
  expect(['network-rates@1', 'referral-rates@1', 'toString', ''].map(isRuleName)).toEqual([
    true,
    true,
    false,
    false,
  ])
})
