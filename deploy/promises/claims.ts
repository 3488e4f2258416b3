import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a test file says it shows. */
export interface Claim {
  readonly id: string
  /** From the root of the repository. */
  readonly path: string
  /** Whether it shows only a part of it. */
  readonly isPart: boolean
}

const LINE = /^\/\/ Shows: (.*)$/m
const ONE = /^([A-Z]\d{1,2})( \(part\))?$/

/** The claims in the comment that a test file begins with. Throws for a line that cannot be read. */
export const claimsIn = (path: string, text: string): Claim[] => {
  const head = /^(\/\/.*\n)*/.exec(text)?.[0] ?? ''
  const listed = LINE.exec(head)?.[1]
  if (listed === undefined) return []
  return listed.split(', ').map((one) => {
    const [, id, part] = ONE.exec(one) ?? []
    if (id === undefined)
      throw new Error(`${path}: "// Shows: M1, M2 (part)" was meant, not "${one}"`)
    return { id, path, isPart: part !== undefined }
  })
}

/** The claims of all tests of the repository, sorted by path. */
export const claimsOfTree = (root: string): Claim[] =>
  globSync('{packages,services,deploy,e2e}/**/*.test.ts', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  })
    .toSorted()
    .flatMap((path) => claimsIn(path, readFileSync(join(root, path), 'utf8')))
