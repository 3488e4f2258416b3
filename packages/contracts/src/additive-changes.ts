import type { Deprecation } from './deprecation.ts'
import type { ContractDescription, JsonSchema } from './describe.ts'

/**
 * What is new when a contract `before` (undefined: there was none) becomes `after`, one sentence
 * each. Says nothing of what breaks: see `contractBreaks`.
 */
export const additiveChanges = (
  before: ContractDescription | undefined,
  after: ContractDescription,
): string[] => {
  if (!before) return [`${after.name}: new contract`]
  const full = (name: string) => `${after.name}.${name}`
  return [
    ...news(before.procedures, after.procedures, { kind: 'procedure', full }),
    ...news(before.events, after.events, { kind: 'event', full }),
    ...news(before.channels, after.channels, { kind: 'channel', full }),
    ...news(before.signals ?? {}, after.signals ?? {}, { kind: 'signal', full }),
  ]
}

const news = <T extends object>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  { kind, full }: { kind: string; full: (name: string) => string },
): string[] =>
  Object.entries(after).flatMap(([name, is]) => {
    const was = before[name]
    const added = was === undefined ? [`new ${kind}`] : partsAdded(was, is)
    return added.map((what) => `${full(name)}: ${what}`)
  })

const partsAdded = (was: object, is: object): string[] => {
  const before = new Set(partsOf(was))
  return [...new Set(partsOf(is))].filter((part) => !before.has(part)).map((part) => `new ${part}`)
}

/** What may be added to a declaration: its deprecation, failures, filters, a route, fields of its schemas. */
const partsOf = (declaration: object): string[] =>
  Object.entries(declaration).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'failures') return Object.keys(value as object).map((code) => `failure "${code}"`)
    if (key === 'deprecated') return [`deprecation since ${(value as Deprecation).since}`]
    if (key === 'filters') return (value as string[]).map((name) => `filter "${name}"`)
    if (key === 'http') return [`route ${String(value)}`]
    if (key === 'socket') return value === true ? ['way in over a socket'] : []
    const side = { input: 'input ', output: 'output ', data: '' }[key]
    return side === undefined ? [] : fieldsOf(value as JsonSchema, `${side}field`)
  })

const fieldsOf = (schema: JsonSchema, title: string, path = ''): string[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = path ? `${path}.${name}` : name
    return [`${title} "${at}"`, ...fieldsOf(field, title, at)]
  }),
  ...(schema.items ? fieldsOf(schema.items, title, `${path}[]`) : []),
  ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) =>
    fieldsOf(one, title, path),
  ),
]
