// Goal: repeats, holes and filtered events are told apart.
// Method: the rule alone.
import { expect, test } from 'vitest'
import { placeAfter } from './sequence.ts'

test('the event after the last one is the next', () => {
  expect(placeAfter(4, { n: 5 })).toBe('next')
})

test('an event up to the last one is repeated', () => {
  expect(placeAfter(4, { n: 4 })).toBe('repeated')
  expect(placeAfter(4, { n: 1 })).toBe('repeated')
})

test('an event beyond the next one shows a hole', () => {
  expect(placeAfter(4, { n: 6 })).toBe('hole')
})

test('events a filter left out are no hole', () => {
  expect(placeAfter(4, { n: 8, skipped: 3 })).toBe('next')
  expect(placeAfter(4, { n: 8, skipped: 2 })).toBe('hole')
})

test('without a last event anything is the next', () => {
  expect(placeAfter(undefined, { n: 17 })).toBe('next')
})
