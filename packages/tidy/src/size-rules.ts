import { type Node, lineAt, nodesOf } from './syntax.ts'
import { type Rule, type Tree, type Violation, isCode, isTest, shippedCode } from './tree.ts'

const FILE_LINES = 200
const TEST_FILE_LINES = 300
const FUNCTION_LINES = 30

type Sizes = Readonly<Record<string, number>>

/** Files of 200 lines at most, of 300 with tests, but for those `exceptions.json` names. */
export const filesAreShort: Rule = (tree, { exceptions }) =>
  ratchet(tooLongFiles(tree), exceptions.fileLines, 'lines long; split it')

/** Functions of 30 lines at most, but for those `exceptions.json` names. Tests may be longer. */
export const functionsAreShort: Rule = (tree, { exceptions }) =>
  ratchet(tooLongFunctions(tree), exceptions.functionLines, 'lines long; split it')

const tooLongFiles = (tree: Tree): Sizes =>
  Object.fromEntries(
    tree
      .filter(isCode)
      .map((file) => ({ file, lines: file.text.trimEnd().split('\n').length }))
      .filter(({ file, lines }) => lines > (isTest(file) ? TEST_FILE_LINES : FILE_LINES))
      .map(({ file, lines }) => [file.path, lines]),
  )

const tooLongFunctions = (tree: Tree): Sizes =>
  Object.fromEntries(
    shippedCode(tree)
      .filter(({ path }) => !path.includes('/migrations/'))
      .flatMap((file) => {
        const nodes = nodesOf(file)
        return functionsOf(nodes)
          .map((node) => ({ node, lines: ownLines(file.text, node, nodes) }))
          .filter(({ lines }) => lines > FUNCTION_LINES)
          .map(({ node, lines }) => [`${file.path}#${nameOf(node, nodes)}`, lines] as const)
      }),
  )

const functionsOf = (nodes: readonly Node[]): Node[] =>
  nodes.filter(({ type }) => /^(FunctionDeclaration|\w*FunctionExpression)$/.test(type))

const holds = (outer: Node, inner: Node): boolean =>
  outer !== inner && outer.start <= inner.start && outer.end >= inner.end

const linesOf = (text: string, { start, end }: Node): number =>
  lineAt(text, end) - lineAt(text, start) + 1

// A function that returns others is as long as what it says itself: theirs count for them.
const ownLines = (text: string, node: Node, nodes: readonly Node[]): number => {
  const within = functionsOf(nodes).filter((other) => holds(node, other))
  const nearest = within.filter((one) => !within.some((other) => holds(other, one)))
  return nearest.reduce((sum, inner) => sum - linesOf(text, inner) + 1, linesOf(text, node))
}

const nameOf = (node: Node, nodes: readonly Node[]): string => {
  const holder = nodes.findLast((other) => holds(other, node) && (other['id'] ?? other['key']))
  const id = (node['id'] ?? holder?.['id'] ?? holder?.['key']) as Node | null | undefined
  return String(id?.['name'] ?? 'anonymous')
}

const EXCEPTIONS = 'packages/tidy/exceptions.json'

/** What is too much must be excepted at exactly its size, so that each step down is kept. */
const ratchet = (found: Sizes, excepted: Sizes, message: string): Violation[] => [
  ...Object.entries(found)
    .filter(([name, size]) => size > (excepted[name] ?? 0))
    .map(([name, size]) => ({ path: name, message: `is ${size} ${message}` })),
  ...Object.entries(excepted)
    .filter(([name, size]) => size > (found[name] ?? 0))
    .map(([name, size]) => ({
      path: EXCEPTIONS,
      message:
        found[name] === undefined
          ? `no longer needs "${name}": take it out`
          : `lower "${name}" from ${size} to ${found[name]}`,
    })),
]

/** Every failure code is provoked in some test, but for those `exceptions.json` names. */
export const failuresAreTested: Rule = (tree, { failureCodes, exceptions }) => {
  const tests = tree.filter(
    (file) => isTest(file) && isCode(file) && !/^packages\/(contracts|tidy)\//.test(file.path),
  )
  const tested = (code: string) => tests.some(({ text }) => text.includes(`'${code}'`))
  const excepted = (code: string) => exceptions.untestedFailures.includes(code)
  return [
    ...failureCodes
      .filter((code) => !tested(code) && !excepted(code))
      .map((code) => ({ path: 'packages/contracts', message: `no test provokes '${code}'` })),
    ...exceptions.untestedFailures
      .filter((code) => tested(code) || !failureCodes.includes(code))
      .map((code) => ({ path: EXCEPTIONS, message: `no longer needs "${code}": take it out` })),
  ]
}
