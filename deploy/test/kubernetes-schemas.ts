import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'

/** A schema, of Kubernetes or of one of its definitions. */
type Schema = Readonly<Record<string, unknown>>

/** Where the schemas come from: what the Go modules of these releases have in them. */
const MODULES = {
  kubernetes: 'k8s.io/kubernetes@v1.36.3',
  keda: 'github.com/kedacore/keda/v2@v2.21.0',
  prometheus: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
}

const CUSTOM = [
  ['keda', 'config/crd/bases/keda.sh_scaledobjects.yaml'],
  ...['servicemonitors', 'prometheusrules'].map(
    (name) =>
      ['prometheus', `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`] as const,
  ),
] as const

/** Writes a schema for each kind into a folder, named as kubeconform looks for it. */
export const writeSchemas = async (go: string, folder: string): Promise<void> => {
  const folders = await download(go)
  const swagger = JSON.parse(
    await readFile(join(folders.kubernetes, 'api/openapi-spec/swagger.json'), 'utf8'),
  ) as { definitions: Record<string, Schema> }
  for (const [name, schema] of builtIn(swagger.definitions))
    await writeFile(join(folder, name), JSON.stringify(schema))
  for (const [module, path] of CUSTOM) {
    const definition = parse(await readFile(join(folders[module], path), 'utf8')) as Definition
    for (const [name, schema] of customOf(definition))
      await writeFile(join(folder, name), JSON.stringify(schema))
  }
}

const download = async (go: string) => {
  const args = ['mod', 'download', '-json', ...Object.values(MODULES)]
  const { stdout } = await promisify(execFile)(go, args, { cwd: tmpdir() })
  const [kubernetes, keda, prometheus] = [...stdout.matchAll(/"Dir": "([^"]+)"/g)].map(
    ([, folder = '']) => folder,
  )
  if (!kubernetes || !keda || !prometheus) throw new Error(`go has not downloaded all:\n${stdout}`)
  return { kubernetes, keda, prometheus }
}

interface Kind {
  group: string
  version: string
  kind: string
}

const fileOf = ({ group, version, kind }: Kind): string => {
  const [first = ''] = group.split('.')
  return `${[kind, ...(first === '' ? [] : [first]), version].join('-').toLowerCase()}.json`
}

const builtIn = (definitions: Record<string, Schema>): [string, Schema][] => {
  const strictOnes = Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, strict(schema) as Schema]),
  )
  return Object.entries(definitions).flatMap(([name, schema]) => {
    const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as Kind[]
    if (kinds.length !== 1) return []
    const reached = reachedFrom(name, strictOnes)
    return kinds.map((kind): [string, Schema] => [
      fileOf(kind),
      { $ref: `#/definitions/${name}`, definitions: reached },
    ])
  })
}

const reachedFrom = (first: string, definitions: Record<string, Schema>) => {
  const reached = new Map<string, Schema>()
  const waiting = [first]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const schema = definitions[name]
    if (reached.has(name) || schema === undefined) continue
    reached.set(name, schema)
    const references = JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)
    waiting.push(...[...references].map(([, other = '']) => other))
  }
  return Object.fromEntries(reached)
}

interface Definition {
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[]
  }
}

const customOf = ({ spec: { group, names, versions } }: Definition): [string, Schema][] =>
  versions.map(({ name, schema }) => [
    fileOf({ group, version: name, kind: names.kind }),
    strict(schema.openAPIV3Schema) as Schema,
  ])

/** The same, where a field that is not declared is wrong, and a number may be where text may. */
const strict = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const found = schema as Schema
  if (found['format'] === 'int-or-string' || found['x-kubernetes-int-or-string'] === true)
    return { type: ['integer', 'string'] }
  const inner = Object.fromEntries(
    Object.entries(found).map(([key, value]) => [key, strict(value)]),
  )
  const isClosed =
    typeof found['properties'] === 'object' &&
    found['additionalProperties'] === undefined &&
    found['x-kubernetes-preserve-unknown-fields'] === undefined
  return isClosed ? { ...inner, additionalProperties: false } : inner
}
