import type { z } from 'zod'

const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
const LEAVES = new Set(['string', 'number', 'boolean', 'literal', 'enum', 'unknown', 'null'])
const CHECKS = new Set([
  ...['string_format', 'number_format', 'greater_than', 'less_than', 'multiple_of'],
  ...['min_length', 'max_length', 'length_equals'],
])

interface Definition {
  type: string
  coerce?: boolean
  checks?: { _zod: { def: { check: string; pattern?: RegExp } } }[]
  shape?: Record<string, z.ZodType>
  element?: z.ZodType
  innerType?: z.ZodType
  keyType?: z.ZodType
  valueType?: z.ZodType
  options?: z.ZodType[]
}

/** What a wire schema says beyond JSON Schema, or in another spelling than snake_case. */
export const unsayable = (schema: z.ZodType, path = ''): string[] => {
  const def = schema._zod.def as unknown as Definition
  return [...ownFaults(def).map((fault) => `${path}: ${fault}`), ...innerFaults(def, path)]
}

const ownFaults = (def: Definition): string[] => [
  ...(LEAVES.has(def.type) || inner(def, '').length > 0 || def.type === 'object' ? [] : [def.type]),
  ...(def.coerce ? ['coerce'] : []),
  ...(def.checks ?? []).flatMap(
    ({
      _zod: {
        def: { check, pattern },
      },
    }) => [
      ...(CHECKS.has(check) ? [] : [`check ${check}`]),
      ...(pattern?.flags.replace('u', '') ? [`flags ${pattern.flags}`] : []),
    ],
  ),
]

const innerFaults = (def: Definition, path: string): string[] => [
  ...inner(def, path).flatMap(([at, schema]) => unsayable(schema, at)),
  ...Object.keys(def.shape ?? {})
    .filter((name) => !SNAKE_CASE.test(name))
    .map((name) => `${path ? `${path}.` : ''}${name}: not snake_case`),
]

const inner = (def: Definition, path: string): [path: string, schema: z.ZodType][] => {
  const under = (name: string) => (path ? `${path}.${name}` : name)
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape ?? {}).map(([name, schema]) => [under(name), schema])
    case 'array':
      return def.element ? [[`${path}[]`, def.element]] : []
    case 'record':
      return def.keyType && def.valueType
        ? [
            [`${path}.(key)`, def.keyType],
            [under('*'), def.valueType],
          ]
        : []
    case 'union':
      return (def.options ?? []).map((option, index) => [`${path}|${index}`, option])
    case 'optional':
    case 'nullable':
      return def.innerType ? [[path, def.innerType]] : []
    default:
      return []
  }
}
