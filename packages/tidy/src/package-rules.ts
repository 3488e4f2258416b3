import { posix } from 'node:path'
import { type Import, importsOf } from './syntax.ts'
import { type Rule, type TreeFile, type Violation, isCode, isTest } from './tree.ts'

/** The part of the repository a path lies in: `kit`, `earnings`, `deploy`, or '' at the root. */
const partOf = (path: string): string =>
  /^(?:packages|services)\/([^/]+)\//.exec(path)?.[1] ?? /^(deploy|e2e)\//.exec(path)?.[1] ?? ''

const DOORS = ['edge', 'gateway', 'dashboard']
const isService = (path: string): boolean => path.startsWith('services/')

const SERVICE = ['contracts', 'kit', 'db']
const BELOW: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  catalog: ['contracts'],
  kit: ['contracts'],
  db: ['contracts', 'kit'],
  client: ['contracts'],
  agent: ['contracts', 'client'],
  tidy: ['contracts'],
  'trace-page': ['kit'],
  launcher: [],
  testkit: ['contracts', 'kit', 'db', 'client', 'deploy'],
  edge: ['contracts', 'kit'],
  gateway: ['contracts', 'kit', 'catalog'],
  dashboard: ['contracts', 'client'],
}
/** These know every part of the mesh, since they put it together. */
const ON_TOP = ['deploy', 'cli', 'e2e']

const mayImport = (file: TreeFile, part: string): boolean => {
  const own = partOf(file.path)
  if (own === part || own === 'e2e') return true
  if (part === 'testkit' || part === 'e2e') return isTest(file) && part === 'testkit'
  if (ON_TOP.includes(own)) return part !== 'tidy' && part !== 'launcher'
  if ((BELOW[own] ?? (isService(file.path) ? SERVICE : [])).includes(part)) return true
  return isTest(file) && ['client', 'deploy'].includes(part)
}

const each = (
  files: readonly TreeFile[],
  judge: (file: TreeFile, found: Import) => string | false,
): Violation[] =>
  files.flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const message = judge(file, found)
      return message ? [{ path: file.path, line: found.line, message }] : []
    }),
  )

/** Contracts know nobody, kit not db, doors no database, and no service another. */
export const packagesImportDownwards: Rule = (tree) =>
  each(tree.filter(isCode), (file, { specifier }) => {
    const part = /^@meshboard\/([^/]+)/.exec(specifier)?.[1]
    if (part === undefined || mayImport(file, part)) return false
    const why = DOORS.includes(partOf(file.path)) && part === 'db' ? ': doors hold no state' : ''
    return `imports ${specifier}, which is not below it${why}`
  })

/** Parts meet by their package names, so that the rule above sees every meeting. */
export const pathsStayInTheirPart: Rule = (tree) =>
  each(tree.filter(isCode), (file, { specifier }) => {
    if (!specifier.startsWith('.') || partOf(file.path) === '') return false
    const target = posix.join(posix.dirname(file.path), specifier)
    return (
      partOf(`${target}/`) !== partOf(file.path) &&
      `imports ${specifier} out of its own package; import the package by name`
    )
  })

const PLACES: readonly { readonly names: RegExp; readonly places: RegExp }[] = [
  {
    names: /^(nats|nats\.ws|@nats-io\/.*)$/,
    places: /^(packages\/(kit\/src\/broker|testkit)|e2e\/bench)\//,
  },
  {
    names: /^ws$/,
    places:
      /^(services\/edge\/src\/(upgrade|connection|listener|inbox|outbound)\.ts|packages\/client\/src\/transports\/node\.ts|(packages\/client|services\/edge)\/test\/|packages\/client\/examples\/|packages\/testkit\/|e2e\/bench\/)/,
  },
  { names: /^(pg|knex)$/, places: /^(packages\/(db|testkit)|e2e)\// },
  { names: /^ioredis$/, places: /^packages\/(kit|testkit)\// },
  { names: /^(koa.*|@koa\/.*)$/, places: /^services\/gateway\// },
]

/** Each client of a server, and each server's library, is named in one place. */
export const librariesStayInTheirPlace: Rule = (tree) =>
  each(tree.filter(isCode), (file, { specifier }) => {
    const wrong = PLACES.some(
      ({ names, places }) => names.test(specifier) && !places.test(file.path),
    )
    return wrong && `imports ${specifier}, which only another place may name`
  })

/** The contracts run in a browser: the schema library and nothing else. */
export const contractsImportOnlyZod: Rule = (tree) =>
  each(
    tree.filter((file) => file.path.startsWith('packages/contracts/src/') && !isTest(file)),
    (_, { specifier }) =>
      !specifier.startsWith('.') && specifier !== 'zod' && `imports ${specifier}; only zod may be`,
  )

/** The launcher runs before anything is installed. */
export const launcherImportsOnlyNode: Rule = (tree) =>
  each(
    tree.filter((file) => file.path.startsWith('packages/launcher/src/') && isCode(file)),
    (_, { specifier }) =>
      !/^(\.|node:)/.test(specifier) && `imports ${specifier}, which is not installed yet`,
  )
