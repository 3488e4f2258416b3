import { readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'

/** A file of the repository; `text` is empty for what is no text. */
export interface TreeFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
}

/** All files that are looked at. */
export type Tree = readonly TreeFile[]

/** What a rule found, as a sentence that says what to do. */
export interface Violation {
  readonly path: string
  readonly line?: number
  readonly message: string
}

/** What a rule knows besides the tree. */
export interface Facts {
  /** The contracts of the mesh: service, and the local names of its procedures. */
  readonly contracts: readonly { readonly name: string; readonly procedures: readonly string[] }[]
  /** Every failure code of the contracts. */
  readonly failureCodes: readonly string[]
  readonly exceptions: Exceptions
}

/** `exceptions.json`: what is not as it should be yet. Its entries may only go or get smaller. */
export interface Exceptions {
  /** Lines of a file that is too long, by path. */
  readonly fileLines: Readonly<Record<string, number>>
  /** Lines of a function that is too long, by `path#name`. */
  readonly functionLines: Readonly<Record<string, number>>
  /** Failure codes that no test provokes. */
  readonly untestedFailures: readonly string[]
}

/** A rule of the house. */
export type Rule = (tree: Tree, facts: Facts) => Violation[]

const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.mesh'])
const TEXT = /^(\.ts|\.tsx|\.mjs|\.js|\.json|\.md|\.sql|\.conf|\.ya?ml|\.sh|\.html|\.css|)$/

/** The tree below `root`, without what is installed, built or generated at run time. */
export const readTree = (root: string): Tree => listFiles(root, '').map((path) => read(root, path))

const listFiles = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name
    if (NOT_OURS.has(entry.name) || entry.name.endsWith('.tsbuildinfo')) return []
    if (entry.isDirectory()) return listFiles(root, path)
    return entry.isFile() ? [path] : []
  })

const read = (root: string, path: string): TreeFile => ({
  path,
  text: TEXT.test(extname(path)) ? readFileSync(join(root, path), 'utf8') : '',
})

/** A violation as one line. */
export const show = ({ path, line, message }: Violation): string =>
  `${path}${line === undefined ? '' : `:${line}`} ${message}`

/** Whether it is source code. */
export const isCode = ({ path }: TreeFile): boolean =>
  /\.(ts|tsx|mjs|js)$/.test(path) && !path.endsWith('.d.ts')

/** Whether it only runs in tests. */
export const isTest = ({ path }: TreeFile): boolean =>
  /\.test\.\w+$|^e2e\/|\/test\//.test(path) || path.startsWith('packages/testkit/')

/** Source code that runs outside of tests. */
export const shippedCode = (tree: Tree): Tree =>
  tree.filter((file) => isCode(file) && !isTest(file))
