import { parseAst } from 'vitest/node'
import type { TreeFile } from './tree.ts'

/** A node of the syntax tree (ESTree with TypeScript's nodes). */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

const parsed = new WeakMap<TreeFile, readonly Node[]>()

/** Every node of a file, outer before inner; none when the file does not parse. */
export const nodesOf = (file: TreeFile): readonly Node[] => {
  const known = parsed.get(file)
  if (known) return known
  const nodes = parse(file) ?? []
  parsed.set(file, nodes)
  return nodes
}

/** The nodes of a file, or undefined when it does not parse. */
export const parse = (file: TreeFile): readonly Node[] | undefined => {
  const lang = file.path.endsWith('x') ? 'tsx' : 'ts'
  try {
    return flatten(parseAst(file.text, { lang, astType: 'ts' }, file.path) as unknown as Node)
  } catch {
    return undefined
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const flatten = (node: Node): Node[] => [
  node,
  ...Object.values(node)
    .flat()
    .filter(isNode)
    .flatMap((child) => flatten(child)),
]

/** The line on which `offset` lies, counted from 1. */
export const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split('\n').length

/** `object.property`, when that is what the node says. */
export const isMember = (node: Node, object: string, property?: string): boolean => {
  if (node.type !== 'MemberExpression') return false
  const [left, right] = [node['object'], node['property']] as [Node, Node]
  if (left['name'] !== object) return false
  return property === undefined || (right['name'] ?? right['value']) === property
}

/** A name imported, exported from or typed by. */
export interface Import {
  readonly specifier: string
  readonly line: number
}

const IMPORTING = new Set([
  ...['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'],
  ...['ImportExpression', 'TSImportType'],
])

/** What a file imports, statically, dynamically or as a type. */
export const importsOf = (file: TreeFile): Import[] =>
  nodesOf(file)
    .filter(({ type }) => IMPORTING.has(type))
    .flatMap((node) => {
      const specifier = ((node['source'] ?? node['argument']) as Node | null)?.['value']
      return typeof specifier === 'string'
        ? [{ specifier, line: lineAt(file.text, node.start) }]
        : []
    })
