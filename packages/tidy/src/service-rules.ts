import type { Facts, Rule, Tree, Violation } from './tree.ts'

const EVERY_SERVICE = ['README.md', 'package.json', 'tsconfig.json', 'src/main.ts', 'src/config.ts']
const WITH_STATE = [
  ...['src/service.ts', 'src/deps.ts', 'src/uses.ts', 'src/domain/', 'src/procedures/'],
  ...['src/store/', 'migrations/', 'test/schema.sql'],
]
const DOOR = ['src/service.ts', 'src/uses.ts']
const FOLDERS_WITH_STATE = ['domain', 'procedures', 'consumers', 'store']
const NOT_FOR_DOORS = ['domain', 'procedures', 'consumers', 'store']

const servicesOf = (tree: Tree): string[] => [
  ...new Set(tree.flatMap(({ path }) => /^services\/([^/]+)\//.exec(path)?.[1] ?? [])),
]
const hasState = (service: string, { contracts }: Facts): boolean =>
  contracts.some(({ name }) => name === service)

/** Someone who has read one service knows where things are in all of them. */
export const servicesHaveOneShape: Rule = (tree, facts) =>
  servicesOf(tree).flatMap((service) => {
    const root = `services/${service}`
    const needed = [...EVERY_SERVICE, ...(hasState(service, facts) ? WITH_STATE : DOOR)]
    return needed
      .filter((part) => !tree.some(({ path }) => path.startsWith(`${root}/${part}`)))
      .map((part) => ({ path: root, message: `has no ${part}` }))
  })

/** No folder of a service means something of its own; doors hold no state. */
export const serviceFoldersAreKnown: Rule = (tree, facts) =>
  servicesOf(tree).flatMap((service) => {
    const start = `services/${service}/src/`
    const folders = new Set(
      tree
        .filter(({ path }) => path.startsWith(start))
        .flatMap(({ path }) => /^([^/]+)\//.exec(path.slice(start.length))?.[1] ?? []),
    )
    return [...folders]
      .filter((folder) =>
        hasState(service, facts)
          ? !FOLDERS_WITH_STATE.includes(folder)
          : NOT_FOR_DOORS.includes(folder),
      )
      .map((folder) => ({ path: `${start}${folder}`, message: 'is not in the plan of a service' }))
  })

const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const handlersOf = (tree: Tree, service: string, kind: string): string[] =>
  tree.flatMap(({ path }) => {
    const found = new RegExp(`^services/${service}/src/${kind}/([^/]+)\\.ts$`).exec(path)?.[1]
    return found === undefined || found.endsWith('.test') ? [] : [found]
  })

/** One identifier, one file, one subject: `getSummary` is `procedures/get-summary.ts`. */
export const proceduresHaveTheirFiles: Rule = (tree, { contracts }) =>
  contracts.flatMap(({ name, procedures }): Violation[] => {
    const folder = `services/${name}/src/procedures`
    const there = handlersOf(tree, name, 'procedures')
    const declared = procedures.map(kebab)
    return [
      ...declared
        .filter((file) => !there.includes(file))
        .map((file) => ({ path: folder, message: `has no ${file}.ts for a declared procedure` })),
      ...there
        .filter((file) => !declared.includes(file))
        .map((file) => ({ path: `${folder}/${file}.ts`, message: 'is no declared procedure' })),
    ]
  })

/** A consumer says what it does and what for: `credit-on-uptime-accrued.ts`. */
export const consumersNameTheirCause: Rule = (tree) =>
  servicesOf(tree).flatMap((service) =>
    handlersOf(tree, service, 'consumers')
      .filter((name) => !/^[a-z0-9-]+-on-[a-z0-9-]+$/.test(name))
      .map((name) => ({
        path: `services/${service}/src/consumers/${name}.ts`,
        message: 'is not called <effect>-on-<cause>',
      })),
  )

/** Each procedure and consumer has a test of its own that goes through the real parts. */
export const handlersHaveTests: Rule = (tree) =>
  servicesOf(tree).flatMap((service) =>
    ['procedures', 'consumers'].flatMap((kind) =>
      handlersOf(tree, service, kind)
        .filter((name) => !tree.some(({ path }) => isTestOf(path, service, name)))
        .map((name) => ({
          path: `services/${service}/src/${kind}/${name}.ts`,
          message: `has no services/${service}/test/${name}.test.ts`,
        })),
    ),
  )

const isTestOf = (path: string, service: string, name: string): boolean =>
  path.startsWith(`services/${service}/test/`) && path.endsWith(`/${name}.test.ts`)
