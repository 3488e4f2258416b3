import type { JsonSchema } from '@meshboard/contracts'
import { knownText } from './known-texts.ts'

/** A field of a schema in words; fields within fields have a path. */
export interface FieldRow {
  /** `earned.network`, `entries[].id`; of a value that is no object, empty. */
  readonly path: string
  readonly type: string
  readonly required: boolean
}

/** The fields of a schema, each before its own. */
export const fieldRows = (schema: JsonSchema): FieldRow[] =>
  schema.properties
    ? fieldsOf(schema, '')
    : [{ path: '', type: typeOf(schema), required: true }, ...within(schema, '')]

const fieldsOf = ({ properties = {}, required = [] }: JsonSchema, prefix: string): FieldRow[] =>
  Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const row = { path, type: typeOf(field), required: required.includes(name) }
    return [row, ...within(field, path)]
  })

const within = (schema: JsonSchema, path: string): FieldRow[] => {
  const prefix = path === '' ? '' : `${path}.`
  const { properties, items, anyOf, oneOf } = schema
  if (properties) return fieldsOf(schema, prefix)
  if (items) return within(items, `${path}[]`)
  return [...(anyOf ?? []), ...(oneOf ?? [])].flatMap((one) => within(one, path))
}

const typeOf = (schema: JsonSchema): string => {
  const { const: constant, enum: values, anyOf, oneOf, type, additionalProperties } = schema
  if (constant !== undefined) return JSON.stringify(constant)
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
  const choices = anyOf ?? oneOf
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ')
  if (type === 'array') return `list of ${typeOf(schema.items ?? {})}${bounds(schema, 'Items')}`
  if (type === 'string') return textType(schema)
  if (type === 'integer' || type === 'number') return `${type}${range(schema)}`
  if (type === 'object' && typeof additionalProperties === 'object')
    return `map of ${typeOf(additionalProperties)}`
  return String(type ?? 'anything')
}

const textType = (schema: JsonSchema): string => {
  const { pattern } = schema
  if (typeof pattern !== 'string') return `text${bounds(schema, 'Length')}`
  return knownText(pattern)?.words ?? `text like ${pattern}`
}

const bounds = (schema: JsonSchema, of: 'Items' | 'Length'): string => {
  const [from, to] = [schema[`min${of}`], schema[`max${of}`]]
  if (from === undefined && to === undefined) return ''
  return to === undefined ? `, from ${String(from)}` : `, ${String(from ?? 0)} to ${String(to)}`
}

const range = ({ minimum, maximum }: JsonSchema): string => {
  const [from, to] = [minimum, maximum].map((bound) =>
    typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  )
  if (from === undefined) return to === undefined ? '' : ` up to ${to}`
  return to === undefined ? ` from ${from}` : ` ${from} to ${to}`
}
