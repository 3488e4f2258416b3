import { type Node, isMember, lineAt, nodesOf, parse } from './syntax.ts'
import {
  type Rule,
  type Tree,
  type TreeFile,
  type Violation,
  isCode,
  isTest,
  shippedCode,
} from './tree.ts'

/** One violation for each line with a node that `judge` has a sentence about. */
const eachNode = (
  files: Tree,
  judge: (node: Node, file: TreeFile) => string | false | undefined,
): Violation[] =>
  files.flatMap((file) => {
    const found = nodesOf(file).flatMap((node) => {
      const message = judge(node, file)
      return message ? [{ path: file.path, line: lineAt(file.text, node.start), message }] : []
    })
    return found.filter(({ line }, index) => found.findIndex((one) => one.line === line) === index)
  })

/** What does not parse has not been looked at. */
export const codeParses: Rule = (tree) =>
  tree
    .filter((file) => isCode(file) && parse(file) === undefined)
    .map(({ path }) => ({ path, message: 'does not parse' }))

const ENVIRONMENT =
  /^(vitest\.config\.ts$|packages\/launcher\/|packages\/(kit\/src\/config|agent\/src\/options)\.ts$)/

/** What ships reads `process.env` where configuration is read, and nowhere else. */
export const environmentIsReadInOnePlace: Rule = (tree) =>
  eachNode(
    shippedCode(tree).filter(({ path }) => !ENVIRONMENT.test(path)),
    (node) => isMember(node, 'process', 'env') && 'reads process.env; add it to config.ts instead',
  )

const SUBJECT = /^(rpc|evt|feed|sig|dead|cancel|redrive|audit)\./
/** Names of OpenTelemetry's semantic conventions, which look the same. */
const ATTRIBUTES = new Set(['rpc.system.name', 'rpc.method', 'rpc.response.status_code'])

/** NATS subjects are built and parsed in one file, which checks what it puts in. */
export const subjectsAreBuiltInOnePlace: Rule = (tree) =>
  eachNode(
    shippedCode(tree).filter(
      ({ path }) =>
        path !== 'packages/contracts/src/subjects.ts' && !path.startsWith('packages/tidy/'),
    ),
    (node) => {
      const text = textOf(node)
      if (text === undefined || !SUBJECT.test(text) || ATTRIBUTES.has(text)) return false
      return `spells the subject "${text}"; use packages/contracts/src/subjects.ts`
    },
  )

const textOf = (node: Node): string | undefined => {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  if (node.type !== 'TemplateLiteral') return undefined
  const [first] = node['quasis'] as { value: { cooked: string } }[]
  return first?.value.cooked
}

const SPEAKING =
  /^(packages\/(launcher|agent|cli|testkit|client\/examples)\/|deploy\/(generate|compat)\.ts$|e2e\/|packages\/tidy\/)/

/** Services log; only programs that a person runs print. */
export const onlyProgramsPrint: Rule = (tree) =>
  eachNode(
    tree.filter((file) => isCode(file) && !SPEAKING.test(file.path)),
    (node) => isMember(node, 'console') && 'prints; log it with the logger of kit instead',
  )

const inDomain = (tree: Tree): Tree =>
  shippedCode(tree).filter(({ path }) => /^services\/[^/]+\/src\/domain\//.test(path))

const RANDOM = /^(random(UUID|Bytes|Int|FillSync)|getRandomValues)$/

/** A rule that asks the clock or the dice cannot be checked: the caller passes time and ids. */
export const domainHasNoClock: Rule = (tree) =>
  eachNode(inDomain(tree), (node) => {
    const clock =
      isMember(node, 'Date', 'now') ||
      isMember(node, 'performance', 'now') ||
      isMember(node, 'Math', 'random') ||
      (node.type === 'Identifier' && RANDOM.test(node['name'] as string)) ||
      (node.type === 'NewExpression' &&
        (node['callee'] as Node)['name'] === 'Date' &&
        (node['arguments'] as unknown[]).length === 0)
    return clock && 'asks the clock or the dice; take the value as a parameter'
  })

/** `parseInt` reads `12abc` as 12 and loses digits of an int8. */
export const nothingIsParsedLoosely: Rule = (tree) =>
  eachNode(shippedCode(tree), (node) => {
    const loose =
      (node.type === 'CallExpression' && (node['callee'] as Node)['name'] === 'parseInt') ||
      isMember(node, 'Number', 'parseInt')
    return loose && 'calls parseInt; use Number after a check, or BigInt for an int8'
  })

/** Enums are no part of JavaScript; a default export has no name to search for. */
export const syntaxIsPlain: Rule = (tree) =>
  eachNode(tree.filter(isCode), (node, { path }) => {
    if (node.type === 'TSEnumDeclaration') return 'declares an enum; use a union of strings'
    if (node.type === 'Decorator') return 'uses a decorator; call a function'
    if (node.type === 'ExportDefaultDeclaration' && !path.endsWith('.config.ts'))
      return 'has a default export; export it by name'
    return false
  })

/** A title is a sentence about behaviour in the present tense. */
export const testTitlesState: Rule = (tree) =>
  eachNode(tree.filter(isTest), (node) => {
    if (node.type !== 'CallExpression') return false
    const name = (node['callee'] as Node)['name']
    if (name !== 'test' && name !== 'it') return false
    const title = textOf((node['arguments'] as Node[])[0] ?? node)
    return title && /^(it )?should\b/.test(title) && 'has a title with "should"; say what happens'
  })
