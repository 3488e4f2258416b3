import { expect, test } from 'vitest'
import { ruleOf } from './rules.ts'

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
