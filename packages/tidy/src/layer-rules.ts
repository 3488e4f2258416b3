import { posix } from 'node:path'
import { importsOf } from './syntax.ts'
import { type Rule, type Violation, shippedCode } from './tree.ts'

/** The folder of a service's `src` that a path lies in; '' for a file at the top of it. */
const layerOf = (path: string): string | undefined => {
  const inside = /^services\/[^/]+\/src\/(.*)$/.exec(path)?.[1]
  return inside === undefined ? undefined : (/^([^/]+)\//.exec(inside)?.[1] ?? '')
}

const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  procedures: ['procedures', 'consumers'],
  consumers: ['procedures', 'consumers'],
  store: ['procedures', 'consumers'],
  domain: ['procedures', 'consumers', 'store', ''],
}
const WHAT_TO_DO = 'what two handlers share belongs in domain or store'

/** Inside a service: handlers never meet, the store looks only down, the domain at nothing. */
export const layersLookDown: Rule = (tree) =>
  shippedCode(tree).flatMap((file) => {
    const layer = layerOf(file.path)
    if (!layer) return []
    return importsOf(file).flatMap(({ specifier, line }): Violation[] => {
      if (!specifier.startsWith('.')) return []
      const target = layerOf(posix.join(posix.dirname(file.path), specifier))
      if (target === undefined || !FORBIDDEN[layer]?.includes(target)) return []
      return [{ path: file.path, line, message: `imports ${specifier}: ${WHAT_TO_DO}` }]
    })
  })

/** Domain rules know contracts and each other: no I/O, no kit, no library. Hashing is no I/O. */
export const domainIsPure: Rule = (tree) =>
  shippedCode(tree)
    .filter(({ path }) => layerOf(path) === 'domain')
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => !/^(\.|@meshboard\/contracts$|node:crypto$)/.test(specifier))
        .map(({ specifier, line }) => ({
          path: file.path,
          line,
          message: `imports ${specifier}; the domain knows only contracts and itself`,
        })),
    )
