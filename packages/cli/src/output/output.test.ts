// Goal: what a person reads is aligned, in the largest fitting unit, and cannot steer the terminal.
// Method: the pure functions, with values at the edges.
import { expect, test } from 'vitest'
import { bytes, counted, span } from './amounts.ts'
import { harmless } from './harmless.ts'
import { numbers, table } from './table.ts'

test('a span is told in the largest unit that says enough', () => {
  const second = 1_000
  const spans = [-5, 0, 59, 60, 119, 3_600, 7_200, 86_400, 172_800].map((s) => span(s * second))
  expect(spans).toEqual(['0s', '0s', '59s', '1m', '1m', '60m', '2h', '24h', '2d'])
})

test('bytes are told in the largest unit that leaves something before the point', () => {
  expect([0, 1, 1_023, 1_024, 1_572_864, 2 ** 40].map(bytes)).toEqual([
    ...['0 B', '1 B', '1023 B', '1.0 KiB', '1.5 MiB', '1.0 TiB'],
  ])
  expect([0, 1, 2].map((count) => counted(count, 'letter'))).toEqual([
    ...['0 letters', '1 letter', '2 letters'],
  ])
})

test('columns stand below their titles, numbers to the right, and no line is too long', () => {
  const rows = [
    ['a', '5', 'short'],
    ['long', '1234', 'something that does not fit'],
  ]
  expect(table(rows, { columns: ['x', numbers('count'), 'text'], width: 24 })).toEqual([
    'x     count  text',
    'a         5  short',
    'long   1234  something …',
  ])
  expect(table([], { columns: ['x'] })).toEqual([])
})

test('colours do not move a column', () => {
  const [, line] = table([['\u001b[31ma\u001b[39m', 'b']], { columns: ['long', 'y'] })
  expect(line).toBe('\u001b[31ma\u001b[39m     b')
})

test('what a stranger wrote cannot steer the terminal', () => {
  expect(harmless('a\u001b[2Jb\u0007c\u009bd\r')).toBe('a\uFFFD[2Jb\uFFFDc\uFFFDd\uFFFD')
  expect(harmless('\u001b[31mred\u001b[39m\n\tx')).toBe('\u001b[31mred\u001b[39m\n\tx')
})
