import { posix } from 'node:path'
import type { Rule, Tree, Violation } from './tree.ts'

const LINK = /\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g

/** Relative links of Markdown pages lead to a file or folder that is there. */
export const linksResolve: Rule = (tree) => {
  const there = new Set(tree.flatMap(({ path }) => [path, ...foldersOf(path)]))
  return tree
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      eachLine(path, withoutCode(text), (line) =>
        [...line.matchAll(LINK)]
          .map(([, target = '']) => target)
          .filter((target) => !/^([a-z]+:|#|\/)/.test(target))
          .filter((target) => {
            const to = posix.join(posix.dirname(path), decodeURI(target.split('#')[0] ?? ''))
            return !there.has(to.replace(/\/$/, ''))
          })
          .map((target) => `links to ${target}, which is not there`),
      ),
    )
}

const foldersOf = (path: string): string[] =>
  path.split('/').map((_, index, names) => names.slice(0, index).join('/') || '.')

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''))

const eachLine = (path: string, text: string, judge: (line: string) => string[]): Violation[] =>
  text
    .split('\n')
    .flatMap((line, index) => judge(line).map((message) => ({ path, line: index + 1, message })))

// Put together, so that this file does not mention them itself.
const HOMES = ['work', 'root', 'home', 'Users'].join('|')
const ONE_MACHINE = new RegExp(`(^|[^\\w.})*-])/(${HOMES})/\\w`)
const REGISTRIES = ['npmjs.org', 'yarnpkg.com', 'npmmirror.com'].map((host) => `registry.${host}`)
const REGISTRY = new RegExp(
  `${REGISTRIES.join('|').replaceAll('.', '\\.')}|//[\\w.-]*(registry|artifactory|verdaccio)[\\w-]*\\.`,
)

/** Nothing holds only on one machine: no folder of somebody's, no host of a package registry. */
export const nothingIsOfOneMachine: Rule = (tree) =>
  lines(tree, (line) => [
    ...(ONE_MACHINE.test(line) ? ['names a folder of one machine'] : []),
    ...(REGISTRY.test(line) ? ['names the host of a package registry'] : []),
  ])

const lines = (tree: Tree, judge: (line: string) => string[]): Violation[] =>
  tree.flatMap(({ path, text }) => eachLine(path, text, judge))
