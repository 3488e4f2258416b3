import { type Node, isMember, lineAt, nodesOf } from './syntax.ts'
import { type Rule, isCode } from './tree.ts'

const HOOK = /^(before|after)(Each|All)$/

/** Test files share a process, which runs a module once: a hook in it would be that of the first file alone. */
export const hooksAreInTestFiles: Rule = (tree) =>
  tree
    .filter((file) => isCode(file) && /\/test\/(?!.*\.test\.)/.test(file.path))
    .flatMap((file) =>
      callsAtTheTop(nodesOf(file)).map(({ start }) => ({
        path: file.path,
        line: lineAt(file.text, start),
        message: 'sets a hook for whoever imports it first; use onTestFinished, or call it there',
      })),
    )

const callsAtTheTop = (nodes: readonly Node[]): Node[] => {
  const program = nodes.find(({ type }) => type === 'Program')
  return ((program?.['body'] ?? []) as Node[]).filter((statement) => {
    const call = statement['expression'] as Node | undefined
    if (call?.type !== 'CallExpression') return false
    const callee = call['callee'] as Node
    return HOOK.test(String(callee['name'])) || isMember(callee, 'vi')
  })
}
