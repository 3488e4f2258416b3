// Goal: JSON Schema says all there is to know of what travels.
// Method: walk every declared schema; plant each thing that must not be there.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { allContracts, ClientFrame, ServerFrame, StreamState } from '../src/index.ts'
import { unsayable } from './unsayable.ts'

const declared: [name: string, schema: z.ZodType][] = [
  ...allContracts.flatMap(({ procedures, events, signals }) => [
    ...Object.values(procedures).flatMap(({ name, input, output }): [string, z.ZodType][] => [
      [`the input of ${name}`, input],
      [`the output of ${name}`, output],
    ]),
    ...[...Object.values(events), ...Object.values(signals)].map(
      ({ name, data }): [string, z.ZodType] => [name, data],
    ),
  ]),
  ['what a client may send', ClientFrame],
  ['what the edge may send', ServerFrame],
  ['the state of a stream', StreamState],
]

test.each(declared)('%s says nothing that JSON Schema cannot', (_, schema) => {
  expect(unsayable(schema)).toEqual([])
})

describe('planted', () => {
  test.each<[string, z.ZodType, string]>([
    ['refine', z.object({ a: z.string().refine(Boolean) }), 'a: check custom'],
    ['superRefine', z.object({ a: z.array(z.string()).superRefine(() => {}) }), 'a: check custom'],
    ['transform', z.object({ a: z.string().transform(Number) }), 'a: pipe'],
    ['trim', z.object({ a: z.string().trim() }), 'a: check overwrite'],
    ['coerce', z.object({ a: z.coerce.number() }), 'a: coerce'],
    ['bigint', z.object({ a: z.array(z.bigint()) }), 'a[]: bigint'],
    ['date', z.object({ a: z.record(z.string(), z.date()) }), 'a.*: date'],
    ['custom', z.object({ a: z.union([z.string(), z.custom()]) }), 'a|1: custom'],
    ['default', z.object({ a: z.string().default('x') }), 'a: default'],
    ['catch', z.object({ a: z.string().catch('x') }), 'a: catch'],
    ['a regular expression with flags', z.object({ a: z.string().regex(/a/i) }), 'a: flags i'],
    ['camelCase', z.object({ userId: z.string() }), 'userId: not snake_case'],
  ])('%s is found', (_, schema, finding) => {
    expect(unsayable(schema)).toEqual([finding])
  })

  test('a schema of everything that is allowed is let through', () => {
    const fine = z.object({
      a_1: z
        .string()
        .regex(/^\p{L}$/u)
        .max(3)
        .optional(),
      b: z.union([z.int().min(1), z.literal('x'), z.enum(['y']), z.boolean()]),
      c: z.record(z.string(), z.array(z.number().max(3))).nullable(),
      d: z.unknown(),
    })
    expect(unsayable(fine)).toEqual([])
  })
})
