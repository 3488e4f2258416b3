import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changesOf } from './changes.ts'

const present = { description: 'Hello', preferences: { theme: 'dark', lang: 'en' } }

test.each([
  ['nothing', {}, {}],
  ['what is there already', { ...present, preferences: { lang: 'en', theme: 'dark' } }, {}],
  ['a description', { description: '' }, { description: '' }],
  ['another value', { preferences: { theme: 'light', lang: 'en' } }, ['preferences']],
  ['one setting fewer', { preferences: { theme: 'dark' } }, ['preferences']],
  ['one setting more', { preferences: { ...present.preferences, tz: 'UTC' } }, ['preferences']],
  ['another setting', { preferences: { theme: 'dark', tz: 'en' } }, ['preferences']],
])('%s changes no more than it says', (_title, asked, expected) => {
  const fields = Array.isArray(expected) ? expected : Object.keys(expected)
  const changes = changesOf(present, asked)
  expect(Object.keys(changes)).toEqual(fields)
  expect(asked).toMatchObject(changes)
})

test('what changes, put over what was there, is what was asked for, and asked again nothing', () => {
  const preferences = fc.dictionary(fc.constantFrom('theme', 'lang', 'tz'), fc.string())
  const profile = fc.record({ description: fc.string(), preferences })
  const asked = fc.record({ description: fc.string(), preferences }, { requiredKeys: [] })
  fc.assert(
    fc.property(profile, asked, (before, wish) => {
      const after = { ...before, ...changesOf(before, wish) }
      expect(after).toEqual({ ...before, ...wish })
      expect(changesOf(after, wish)).toEqual({})
    }),
  )
})
