// Goal: what a service reads may only widen, what it sends may only narrow.
// Method: pairs of schemas, each judged in both ways.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Way, schemaChanges } from '../src/schema-changes.ts'
import { jsonSchema } from './json-schema.ts'

const changes = (before: z.ZodType, after: z.ZodType, way: Way) =>
  schemaChanges(jsonSchema(z.object({ f: before })), jsonSchema(z.object({ f: after })), way).map(
    ({ path, what }) => `${path} ${what}`,
  )

/** The wider schema, the narrower one, and what is said when an input narrows or an output widens. */
const pairs: [title: string, z.ZodType, z.ZodType, inNarrows: string, outWidens: string][] = [
  [
    'null',
    z.string().nullable(),
    z.string(),
    'f was string or null, is now string',
    'f was string, is now string or null',
  ],
  [
    'any value',
    z.unknown(),
    z.string(),
    'f was anything, is now string',
    'f was string, is now anything',
  ],
  ['list', z.enum(['a', 'b']), z.enum(['a']), 'f no longer takes "b"', 'f may now be "b"'],
  ['free text', z.string(), z.enum(['a']), 'f takes only "a" now', 'f is no longer a fixed list'],
  ['pattern', z.string(), z.string().regex(/^a$/), 'f pattern changed', 'f pattern changed'],
  [
    'minimum',
    z.number().min(0),
    z.number().min(1),
    'f minimum was 0, is 1',
    'f minimum was 1, is 0',
  ],
  [
    'maximum',
    z.number(),
    z.number().max(9),
    'f maximum was unlimited, is 9',
    'f maximum was 9, is unlimited',
  ],
  [
    'length',
    z.string().max(9),
    z.string().max(5),
    'f maxLength was 9, is 5',
    'f maxLength was 5, is 9',
  ],
  [
    'number of items',
    z.array(z.string()).max(9),
    z.array(z.string()).max(5),
    'f maxItems was 9, is 5',
    'f maxItems was 5, is 9',
  ],
  [
    'items',
    z.array(z.enum(['a', 'b'])),
    z.array(z.enum(['a'])),
    'f[] no longer takes "b"',
    'f[] may now be "b"',
  ],
  [
    'record values',
    z.record(z.string(), z.string()),
    z.record(z.string(), z.string().max(5)),
    'f.* maxLength was unlimited, is 5',
    'f.* maxLength was 5, is unlimited',
  ],
  [
    'record keys',
    z.record(z.string(), z.string()),
    z.record(z.string().max(5), z.string()),
    'f (key) maxLength was unlimited, is 5',
    'f (key) maxLength was 5, is unlimited',
  ],
  [
    'alternatives',
    z.union([z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
    z.union([z.object({ k: z.literal('a') })]),
    'f loses the alternative k "b"',
    'f gains the alternative k "b"',
  ],
]

describe.each(pairs)('%s', (_, wide, narrow, inNarrows, outWidens) => {
  test('an input may widen', () => expect(changes(narrow, wide, 'in')).toEqual([]))
  test('an input may not narrow', () => expect(changes(wide, narrow, 'in')).toEqual([inNarrows]))
  test('an output may narrow', () => expect(changes(wide, narrow, 'out')).toEqual([]))
  test('an output may not widen', () => expect(changes(narrow, wide, 'out')).toEqual([outWidens]))
})

test('another type breaks in both ways', () => {
  for (const way of ['in', 'out'] as const)
    expect(changes(z.number(), z.string(), way)).toEqual(['f was number, is now string'])
})

test('a whole number is a number, and not the reverse', () => {
  const [integer, number] = [{ type: 'integer' }, { type: 'number' }]
  expect(schemaChanges(integer, number, 'in')).toEqual([])
  expect(schemaChanges(number, integer, 'out')).toEqual([])
  expect(schemaChanges(number, integer, 'in')).toHaveLength(1)
  expect(schemaChanges(integer, number, 'out')).toHaveLength(1)
})

describe('fields', () => {
  const none = z.object({})
  const optional = z.object({ a: z.string().optional() })
  const required = z.object({ a: z.string() })

  test.each<[string, z.ZodType, z.ZodType, Way, string[]]>([
    ['a new required input field breaks', none, required, 'in', ['f.a is new and required']],
    ['a new optional input field is additive', none, optional, 'in', []],
    [
      'an input field that becomes required breaks',
      optional,
      required,
      'in',
      ['f.a is now required'],
    ],
    ['an input field that becomes optional is additive', required, optional, 'in', []],
    ['a removed input field breaks', optional, none, 'in', ['f.a removed']],
    ['a new output field is additive', none, required, 'out', []],
    [
      'an output field that becomes optional breaks',
      required,
      optional,
      'out',
      ['f.a is now optional'],
    ],
    ['an output field that becomes required is additive', optional, required, 'out', []],
    ['a removed output field breaks', required, none, 'out', ['f.a removed']],
  ])('%s', (_, before, after, way, expected) => {
    expect(changes(before, after, way)).toEqual(expected)
  })

  test('a change within an alternative is named by its field', () => {
    const proof = (signature: z.ZodType) =>
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('key'), signature }),
        z.object({ kind: z.literal('time'), at: z.int() }),
      ])
    expect(changes(proof(z.string()), proof(z.string().max(3)), 'in')).toEqual([
      'f.signature maxLength was unlimited, is 3',
    ])
  })
})

test('a keyword nobody has thought about is refused instead of waved through', () => {
  expect(() => schemaChanges({}, { uniqueItems: true }, 'in')).toThrow(/"uniqueItems"/)
})

describe('a field that is gone beside one new field of the same schema', () => {
  const judge = (before: z.ZodRawShape, after: z.ZodRawShape, way: Way) =>
    schemaChanges(jsonSchema(z.object(before)), jsonSchema(z.object(after)), way).map(
      ({ path, what }) => `${path} ${what}`,
    )
  const text = z.string()

  test.each<Way>(['in', 'out'])('has been renamed (%s)', (way) => {
    expect(judge({ old: text, x: z.int() }, { x: z.int(), fresh: text }, way)).toEqual([
      'old renamed to "fresh"',
    ])
  })

  test('has not where it could be either of two', () => {
    expect(judge({ old: text }, { one: text, two: text }, 'out')).toEqual(['old removed'])
    expect(judge({ a: text, b: text }, { one: text }, 'out')).toEqual(['a removed', 'b removed'])
  })

  test('has not where the schemas differ', () => {
    expect(judge({ old: text }, { fresh: z.int() }, 'in')).toEqual([
      'old removed',
      'fresh is new and required',
    ])
  })
})
