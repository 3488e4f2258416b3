import { expect, test } from 'vitest'
import { Agenda } from './agenda.ts'

test('what is planned comes once its time has come, and once', () => {
  const agenda = new Agenda<string>()
  agenda.plan('soon', 1_000)
  agenda.plan('later', 1_250)
  expect(agenda.due(950)).toEqual([])
  expect(agenda.due(1_000)).toEqual(['soon'])
  expect(agenda.due(1_249)).toEqual([])
  expect(agenda.due(1_300)).toEqual(['later'])
  expect(agenda.due(9_000)).toEqual([])
})

test('what was planned for a time long gone comes at the next look', () => {
  const agenda = new Agenda<string>()
  agenda.plan('late', 0)
  expect(agenda.due(1_000)).toEqual(['late'])
})
