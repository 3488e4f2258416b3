import { expect, test } from 'vitest'
import { EventRow } from './event-row.ts'
import type { FeedEvent } from './feed-event.ts'

const event = (n: number, seq = n * 10, bytes = 0): FeedEvent => ({
  seq,
  n,
  name: 'earnings.credited',
  time: '',
  data: new Uint8Array(bytes),
  headers: {},
  frames: new Map(),
})

const drain = (row: EventRow): number[] => {
  const numbers: number[] = []
  for (let next = row.next(); next; next = row.next()) numbers.push(next.n)
  return numbers
}

test('events come out in the order of their numbers, however they come in', () => {
  const row = new EventRow()
  for (const n of [3, 1, 2]) row.take(event(n))
  expect(drain(row)).toEqual([1, 2, 3])
  expect(row.isWhole).toBe(true)
})

test('what lies beyond a hole waits until the hole is filled', () => {
  const row = new EventRow()
  row.standAt({ seq: 50, n: 5 })
  row.take(event(7))
  expect(drain(row)).toEqual([])
  expect(row.isWhole).toBe(false)
  row.take(event(6))
  expect(drain(row)).toEqual([6, 7])
})

test('an event that is known already is told apart from one of another stream', () => {
  const row = new EventRow()
  row.standAt({ seq: 50, n: 5 })
  expect(row.take(event(5, 60))).toBe('known')
  expect(row.take(event(6, 1))).toBe('foreign')
  expect(row.take(event(6, 61))).toBe('taken')
})

test('what finds no room to wait is known to be missing', () => {
  const row = new EventRow()
  for (let n = 2; n < 1_000; n += 1) row.take(event(n))
  expect(row.newest).toEqual({ seq: 9_990, n: 999 })
  row.take(event(1))
  const passed = drain(row).length
  expect(passed).toBeGreaterThan(1)
  expect(passed).toBeLessThan(999)
  expect(row.isWhole).toBe(false)
  for (let n = passed + 1; n < 1_000; n += 1) {
    row.take(event(n))
    expect(drain(row)).toEqual([n])
  }
  expect(row.isWhole).toBe(true)
})

test('standing further on drops what lies behind', () => {
  const row = new EventRow()
  row.take(event(2))
  row.take(event(9))
  row.standAt({ seq: 80, n: 8 })
  expect(drain(row)).toEqual([9])
})

test('standing where it stands drops nothing', () => {
  const row = new EventRow()
  row.standAt({ seq: 10, n: 1 })
  row.take(event(2))
  row.standAt({ seq: 10, n: 1 })
  expect(drain(row)).toEqual([2])
})

test('what waits behind a hole is bounded in bytes too, and the room comes back', () => {
  const row = new EventRow()
  const bytes = 400_000
  for (let n = 2; n <= 10; n += 1) row.take(event(n, n * 10, bytes))
  row.take(event(1))
  expect(drain(row)).toEqual([1, 2, 3, 4])
  for (let n = 5; n <= 10; n += 1) {
    row.take(event(n, n * 10, bytes))
    expect(drain(row)).toEqual([n])
  }
  expect(row.isWhole).toBe(true)
})
