// Goal: times, positions and rates are read as they are meant, and everything else is refused.
// Method: the pure functions, with what a person may type.
import { InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'
import { count, key, milliseconds, moment, place, rate, sequence } from './parsing.ts'

test('a place is a position, a span ago, or a time', () => {
  expect(place('12')).toEqual({ seq: 12 })
  expect(place('2026-01-31T14:00:00Z')).toEqual({ time: new Date('2026-01-31T14:00:00Z') })
  const ago = Date.now() - moment('2h').getTime()
  expect(Math.abs(ago - 7_200_000)).toBeLessThan(60_000)
})

test('a rate may be said with its unit', () => {
  expect([rate('50'), rate('50/s')]).toEqual([50, 50])
})

test('what cannot be meant is refused', () => {
  const refused: [(text: string) => unknown, string[]][] = [
    [moment, ['', '5', '5w', 'yesterday', '2026-99-99']],
    [sequence, ['0', '-1', '1.5', '1e3', '']],
    [rate, ['0', '1001', '1.5', 'fast', '']],
    [count, ['-1', 'x', '']],
    [milliseconds, ['0', '3600001', '1s']],
    [key, ['', 'a.b', '*', '>', 'a b', 'x'.repeat(65)]],
  ]
  for (const [read, texts] of refused)
    for (const text of texts) expect(() => read(text), text).toThrow(InvalidArgumentError)
})

test('the names most like a wrong one are told', () => {
  expect(nearest('ledgr', ['metrics', 'ledger', 'epochs', 'uptime'])).toMatch(/^Nearest: ledger, /)
  expect(nearest('x', [])).toBe('There are none at all.')
})
