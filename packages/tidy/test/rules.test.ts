// Goal: every rule of the house can fail.
// Method: for each, a small tree with one planted violation, and the same tree without it.
import { describe, expect, test } from 'vitest'
import { rules } from '../src/rules.ts'
import { type Facts, type Tree, show } from '../src/tree.ts'
import { type Files, plantedInCode } from './planted-in-code.ts'
import { lines, plantedInTree } from './planted-in-tree.ts'

const FACTS: Facts = {
  contracts: [{ name: 'bank', procedures: ['getBalance'] }],
  failureCodes: ['broke'],
  exceptions: { fileLines: {}, functionLines: {}, untestedFailures: [] },
}

const treeOf = (files: Files): Tree => Object.entries(files).map(([path, text]) => ({ path, text }))
const find = (rule: string, files: Files, facts = FACTS): string[] =>
  rules[rule]!(treeOf(files), facts).map(show)

const PLANTED = [...plantedInCode, ...plantedInTree]

describe.each(PLANTED)('%s', (rule, planted, found, fine) => {
  test(`finds: ${found}`, () => {
    expect(find(rule, planted).filter((sentence) => sentence.includes(found))).toHaveLength(1)
  })
  test('lets the nearest thing that is fine through', () => expect(find(rule, fine)).toEqual([]))
})

test('every rule has a planted violation', () => {
  const planted = new Set(PLANTED.map(([rule]) => rule))
  expect(Object.keys(rules).filter((rule) => !planted.has(rule))).toEqual([])
})

describe('an exception', () => {
  const except = (exceptions: Partial<Facts['exceptions']>): Facts => ({
    ...FACTS,
    exceptions: { ...FACTS.exceptions, ...exceptions },
  })
  const long = { 'packages/kit/src/a.ts': lines(250) }
  const allow = (size: number) => except({ fileLines: { 'packages/kit/src/a.ts': size } })

  test('holds at exactly its size', () => {
    expect(find('filesAreShort', long, allow(250))).toEqual([])
  })

  test('does not let what it is for grow', () => {
    expect(find('filesAreShort', long, allow(249))).toEqual([
      'packages/kit/src/a.ts is 250 lines long; split it',
    ])
  })

  test('follows what it is for when that gets smaller, and goes with it', () => {
    expect(find('filesAreShort', long, allow(300))).toEqual([
      'packages/tidy/exceptions.json lower "packages/kit/src/a.ts" from 300 to 250',
    ])
    expect(find('filesAreShort', {}, allow(300))).toEqual([
      'packages/tidy/exceptions.json no longer needs "packages/kit/src/a.ts": take it out',
    ])
  })

  test('for an untested failure goes as soon as a test provokes it', () => {
    const facts = except({ untestedFailures: ['broke'] })
    expect(find('failuresAreTested', {}, facts)).toEqual([])
    expect(find('failuresAreTested', { 'e2e/a.test.ts': `'broke'` }, facts)).toEqual([
      'packages/tidy/exceptions.json no longer needs "broke": take it out',
    ])
  })
})
