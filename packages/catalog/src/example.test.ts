// Goal: what the catalog shows as an example is one.
// Method: each declared schema judges its own example; patterns and schemas that nobody declares yet.
import {
  ClientFrame,
  type JsonSchema,
  ServerFrame,
  allContracts,
  describeContract,
} from '@meshboard/contracts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exampleOf } from './example.ts'
import { textSample } from './text-sample.ts'

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
const declared = allContracts.flatMap((contract): [string, z.ZodType, unknown][] => {
  const plain = describeContract(contract)
  return [
    ...Object.entries(contract.procedures).flatMap(([name, { input, output }]) => [
      [
        `input of ${contract.name}.${name}`,
        input,
        exampleOf(plain.procedures[name]!.input),
      ] as const,
      [
        `output of ${contract.name}.${name}`,
        output,
        exampleOf(plain.procedures[name]!.output),
      ] as const,
    ]),
    ...Object.entries(contract.events).map(
      ([name, { data }]) =>
        [`${contract.name}.${name}`, data, exampleOf(plain.events[name]!.data)] as const,
    ),
    ...Object.entries(contract.signals).map(
      ([name, { data }]) =>
        [`${contract.name}.${name}`, data, exampleOf(plain.signals![name]!.data)] as const,
    ),
  ].map((one): [string, z.ZodType, unknown] => [...one])
})
const frames = [...ClientFrame.options, ...ServerFrame.options].map(
  (frame): [string, z.ZodType, unknown] => [
    `frame ${frame.shape.type.value}`,
    frame,
    exampleOf(schemaOf(frame)),
  ],
)

test.each([...declared, ...frames])('the example of %s is accepted', (_, schema, example) => {
  const advice = 'give the schema one: .meta({ examples: [...] })'
  expect(schema.safeParse(example).error?.issues ?? [], advice).toEqual([])
})

test.each<[string, z.ZodType]>([
  ['a text with a grammar of its own', z.string().regex(/^ord-[0-9]{4}(-[a-z]+)?$/)],
  ['a short text', z.string().min(12).max(14)],
  ['a number in a range', z.number().min(-3).max(-2)],
  ['a list of several', z.array(z.int().max(3)).min(2)],
  ['a union', z.union([z.object({ a: z.boolean() }), z.string()])],
  ['a map', z.record(z.string().regex(/^[a-z]{2,4}$/), z.number())],
  ['what may be null', z.string().nullable()],
  [
    'a value of its own choice',
    z
      .string()
      .regex(/^(?=.*\d)x+\d$/)
      .meta({ examples: ['xx7'] }),
  ],
])('%s gets an example that is accepted', (_, schema) => {
  const example = exampleOf(schemaOf(schema))
  expect(schema.safeParse(example).error?.issues ?? []).toEqual([])
})

describe('a text for a pattern', () => {
  test.each([
    '^[A-Z]{2}\\d{6}$',
    '^(red|green)-?\\w+$',
    '^[^\\p{Cc}]{1,64}$',
    '^(?!con$)[a-z]{3}$',
    '^\\+?[1-9]\\d{6,14}$',
    '^[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+$',
    'a|b',
  ])('%s fits', (pattern) => {
    expect(textSample(pattern)).toMatch(new RegExp(pattern, 'u'))
  })

  test('that is too hard is the pattern, until the schema brings an example', () => {
    expect(textSample('^(?=.*\\d)x+$')).toBe('^(?=.*\\d)x+$')
  })
})
