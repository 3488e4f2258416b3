import type { JsonSchema } from '@meshboard/contracts'
import { knownText } from './known-texts.ts'
import { textSample } from './text-sample.ts'

/** Texts without a grammar, by the name of their field. */
const BY_NAME: Readonly<Record<string, string>> = {
  password: 'correct horse battery',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  title: 'Planned maintenance',
  body: 'The mesh is updated at noon.',
  explanation: '1 min online at score 98.5.',
  formula: 'minutes × score / 100',
  rule: 'network-rates@1',
}

/**
 * A value that the schema accepts, the same each time: the schema's own first example where it has
 * one, else every field it knows, filled in. A test holds it for all declared schemas.
 */
export const exampleOf = (schema: JsonSchema, name = ''): unknown => {
  const { examples, const: constant, enum: values, anyOf, oneOf } = schema
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown
  if (constant !== undefined) return constant
  if (values) return values[0]
  const [first] = (anyOf ?? oneOf ?? []).filter(({ type }) => type !== 'null')
  if (first) return exampleOf(first, name)
  const { type } = schema
  return ofType(typeof type === 'string' ? type : type?.[0], { schema, name })
}

interface Field {
  schema: JsonSchema
  name: string
}

const ofType = (type: string | undefined, { schema, name }: Field): unknown => {
  if (type === 'object') return objectOf(schema)
  if (type === 'array') return listOf(schema, name)
  if (type === 'string') return textOf(schema, name)
  if (type === 'integer' || type === 'number') return numberOf(type, schema)
  if (type === 'boolean') return true
  if (type === 'null') return null
  return {}
}

const objectOf = ({ properties, propertyNames, additionalProperties }: JsonSchema): object => {
  if (properties)
    return Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, exampleOf(field, name)]),
    )
  if (typeof additionalProperties !== 'object') return {}
  const key = propertyNames ? String(exampleOf(propertyNames)) : 'name'
  return { [key]: exampleOf(additionalProperties, key) }
}

const listOf = ({ items = {}, minItems = 1 }: JsonSchema, name: string): unknown[] =>
  Array.from({ length: Math.max(1, Number(minItems)) }, () => exampleOf(items, name))

const textOf = (schema: JsonSchema, name: string): string => {
  const { pattern, minLength = 0, maxLength = Infinity } = schema
  const text =
    typeof pattern === 'string'
      ? (knownText(pattern)?.example ?? patterned(pattern, name))
      : (BY_NAME[name] ?? 'text')
  return text.padEnd(Number(minLength), 'x').slice(0, Number(maxLength))
}

/** The field's own name says the most, where it fits. */
const patterned = (pattern: string, name: string): string =>
  new RegExp(pattern, 'u').test(name) ? name : textSample(pattern)

const TELLING = { integer: 42, number: 98.5 }

const numberOf = (type: 'integer' | 'number', schema: JsonSchema): number => {
  const { minimum = -Infinity, maximum = Infinity } = schema
  return Math.min(Math.max(TELLING[type], Number(minimum)), Number(maximum))
}
