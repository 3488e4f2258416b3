import type { JsonSchema } from './describe.ts'

/**
 * Who reads what a schema describes. `in`: the service, so it must go on taking all it took.
 * `out`: everybody else, so it must not send what it never sent.
 */
export type Way = 'in' | 'out'

/** One breaking change: where in the value, and what happened to it. */
export interface SchemaChange {
  /** `quality.latency_ms`, `entries[].id`, `inputs.*`; empty for the value itself. */
  readonly path: string
  readonly what: string
}

/** What breaks when `before` becomes `after`. Throws for a keyword it cannot judge. */
export const schemaChanges = (
  before: JsonSchema,
  after: JsonSchema,
  way: Way,
  path = '',
): SchemaChange[] => {
  for (const schema of [before, after]) refuseUnknownKeywords(schema)
  const pair = { before, after, way, path }
  if ([before, after].some((schema) => schema.anyOf ?? schema.oneOf)) return unionChanges(pair)
  return [
    ...[typeChange(pair), valuesChange(pair), ...textChanges(pair), ...boundChanges(pair)]
      .filter((what) => what !== undefined)
      .map((what) => ({ path, what })),
    ...fieldChanges(pair),
    ...innerChanges(pair),
  ]
}

interface Pair {
  readonly before: JsonSchema
  readonly after: JsonSchema
  readonly way: Way
  readonly path: string
}

// Nothing breaks as long as every value of `part` is a value of `whole`.
const asSets = ({ before, after, way }: Pair) =>
  way === 'in' ? { part: before, whole: after } : { part: after, whole: before }

const typesOf = (schema: JsonSchema): string[] | undefined => {
  if (schema.type === undefined) return undefined
  const types = [schema.type].flat() as string[]
  return types.includes('number') ? [...types, 'integer'] : types
}

const typeChange = (pair: Pair): string | undefined => {
  const { part, whole } = asSets(pair)
  const allowed = typesOf(whole)
  if (!allowed || typesOf(part)?.every((type) => allowed.includes(type))) return undefined
  const show = (schema: JsonSchema) => [schema.type ?? 'anything'].flat().join(' or ')
  return `was ${show(pair.before)}, is now ${show(pair.after)}`
}

const valuesOf = (schema: JsonSchema): readonly unknown[] | undefined =>
  'const' in schema ? [schema.const] : schema.enum

const valuesChange = (pair: Pair): string | undefined => {
  const { part, whole } = asSets(pair)
  const [some, all] = [valuesOf(part), valuesOf(whole)]
  if (!all) return undefined
  if (!some) return pair.way === 'in' ? `takes only ${list(all)} now` : 'is no longer a fixed list'
  const others = some.filter((value) => !all.includes(value))
  if (others.length === 0) return undefined
  return `${pair.way === 'in' ? 'no longer takes' : 'may now be'} ${list(others)}`
}

const list = (values: readonly unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join(', ')

const TEXTS = ['pattern', 'format', 'multipleOf', 'allOf', 'prefixItems'] as const
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const

// Two patterns cannot be compared, so any difference breaks unless the stricter side had none.
const textChanges = (pair: Pair): string[] => {
  const { part, whole } = asSets(pair)
  return TEXTS.filter(
    (key) => whole[key] !== undefined && JSON.stringify(whole[key]) !== JSON.stringify(part[key]),
  ).map((key) => `${key} changed`)
}

const boundChanges = (pair: Pair): string[] => {
  const { part, whole } = asSets(pair)
  const bound = (schema: JsonSchema, key: string, none: number) => (schema[key] ?? none) as number
  const show = (schema: JsonSchema, key: string) => (schema[key] ?? 'unlimited') as string | number
  return [
    ...LOWER_BOUNDS.filter((key) => bound(part, key, -Infinity) < bound(whole, key, -Infinity)),
    ...UPPER_BOUNDS.filter((key) => bound(part, key, Infinity) > bound(whole, key, Infinity)),
  ].map((key) => `${key} was ${show(pair.before, key)}, is ${show(pair.after, key)}`)
}

const fieldChanges = (pair: Pair): SchemaChange[] => {
  const { before, after, path } = pair
  const names = new Set([before, after].flatMap(({ properties = {} }) => Object.keys(properties)))
  const renamed = renamedFields(before, after)
  const targets = new Set(renamed.values())
  return [...names].flatMap((name) => {
    const at = path ? `${path}.${name}` : name
    const target = renamed.get(name)
    if (target !== undefined) return [{ path: at, what: `renamed to "${target}"` }]
    return targets.has(name) ? [] : fieldChange(pair, name, at)
  })
}

const fieldChange = (
  { before, after, way }: Pair,
  ...[name, path]: [string, string]
): SchemaChange[] => {
  const [old, now] = [before.properties?.[name], after.properties?.[name]]
  const required = after.required?.includes(name) ?? false
  if (!now) return [{ path, what: 'removed' }]
  if (!old) return way === 'in' && required ? [{ path, what: 'is new and required' }] : []
  const presence = presenceChange(before.required?.includes(name) ?? false, required, way)
  return [...presence.map((what) => ({ path, what })), ...schemaChanges(old, now, way, path)]
}

/** A field that is gone beside just one new field of the same schema has become that one. */
const renamedFields = (before: JsonSchema, after: JsonSchema): Map<string, string> => {
  const only = (one: JsonSchema, other: JsonSchema) =>
    Object.entries(one.properties ?? {}).filter(([name]) => !other.properties?.[name])
  const alike = (fields: [string, JsonSchema][], schema: JsonSchema) =>
    fields.filter(([, other]) => JSON.stringify(other) === JSON.stringify(schema))
  const [gone, added] = [only(before, after), only(after, before)]
  return new Map(
    gone.flatMap(([name, schema]): [string, string][] => {
      const [target, ...others] = alike(added, schema)
      if (!target || others.length > 0 || alike(gone, schema).length > 1) return []
      return [[name, target[0]]]
    }),
  )
}

const presenceChange = (was: boolean, is: boolean, way: Way): string[] => {
  if (way === 'in') return !was && is ? ['is now required'] : []
  return was && !is ? ['is now optional'] : []
}

const innerChanges = ({ before, after, way, path }: Pair): SchemaChange[] => [
  ...schemaChangesUnlessSame(before.items, after.items, way, `${path}[]`),
  ...schemaChangesUnlessSame(before.propertyNames, after.propertyNames, way, `${path} (key)`),
  ...schemaChangesUnlessSame(
    before.additionalProperties,
    after.additionalProperties,
    way,
    `${path}.*`,
  ),
]

const schemaChangesUnlessSame = (
  before: JsonSchema | boolean | undefined,
  after: JsonSchema | boolean | undefined,
  way: Way,
  path: string,
): SchemaChange[] => {
  if (before === after) return []
  if (before === false || after === false) return [{ path, what: 'closed or opened' }]
  const open = (schema: JsonSchema | true | undefined) => (typeof schema === 'object' ? schema : {})
  return schemaChanges(open(before), open(after), way, path)
}

const unionChanges = (pair: Pair): SchemaChange[] => {
  const { part, whole } = asSets(pair)
  return alternatives(part).flatMap((one) => {
    const against = (other: JsonSchema) =>
      pair.way === 'in'
        ? schemaChanges(one, other, 'in', pair.path)
        : schemaChanges(other, one, 'out', pair.path)
    if (alternatives(whole).some((other) => against(other).length === 0)) return []
    const tag = tagOf(one)
    const counterpart = alternatives(whole).find((other) => tag && tagOf(other) === tag)
    if (counterpart) return against(counterpart)
    const verb = pair.way === 'in' ? 'loses' : 'gains'
    return [{ path: pair.path, what: `${verb} the alternative ${tag ?? JSON.stringify(one)}` }]
  })
}

const alternatives = (schema: JsonSchema) => schema.anyOf ?? schema.oneOf ?? [schema]

// What tells an alternative from the others: its first constant field, as `kind "challenge"`.
const tagOf = (schema: JsonSchema): string | undefined => {
  const tag = Object.entries(schema.properties ?? {}).find(([, field]) => 'const' in field)
  return tag && `${tag[0]} ${JSON.stringify(tag[1].const)}`
}

const KNOWN = new Set<string>([
  ...['type', 'const', 'enum', 'properties', 'required', 'additionalProperties', 'propertyNames'],
  ...['items', 'anyOf', 'oneOf', 'title', 'description', 'examples'],
  ...[...TEXTS, ...LOWER_BOUNDS, ...UPPER_BOUNDS],
])

const refuseUnknownKeywords = (schema: JsonSchema): void => {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword))
  if (unknown) throw new Error(`cannot judge a change of the JSON Schema keyword "${unknown}"`)
}
