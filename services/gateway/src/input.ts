import { failure, type JsonSchema } from '@meshboard/contracts'
import type { ContractRoute } from './contract-routes.ts'

type Fields = Record<string, unknown>

const NUMBER = /^-?(0|[1-9]\d{0,15})(\.\d{1,15})?$/

/**
 * A procedure's input from where HTTP carries it. `rest` is the body, or what `queryFields` gave; a
 * field of the path wins over one of the same name elsewhere.
 */
export const inputOf = (
  { pathFields, input }: ContractRoute,
  { path, rest }: { path: Readonly<Record<string, string>>; rest: Fields },
): Fields => {
  const fields: Fields = Object.assign(Object.create(null), rest)
  for (const name of pathFields) fields[name] = valueOf(path[name] ?? '', input.properties?.[name])
  return fields
}

/** The fields of a query string, each read as the schema wants it. Fails `invalid` when one is repeated. */
export const queryFields = (query: string, { properties = {} }: JsonSchema): Fields => {
  const fields: Fields = Object.create(null)
  const repeated: Record<string, string[]> = Object.create(null)
  for (const [name, text] of new URLSearchParams(query)) {
    if (name in fields) repeated[name] = ['Give it once.']
    fields[name] = valueOf(text, Object.hasOwn(properties, name) ? properties[name] : undefined)
  }
  if (Object.keys(repeated).length > 0) throw failure('invalid', { fields: repeated })
  return fields
}

/** Text in the schema's type; left as it is where it does not fit, for validation to refuse. */
const valueOf = (text: string, schema: JsonSchema | undefined): unknown => {
  const type = schema?.type
  if ((type === 'integer' || type === 'number') && NUMBER.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
