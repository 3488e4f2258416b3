import { nodesOf } from './syntax.ts'
import { type Rule, isCode } from './tree.ts'

const WORD = '[a-z0-9]+(-[a-z0-9]+)*'
const KEBAB_CASE = new RegExp(`^\\.?${WORD}(\\.${WORD})*$`)
const PAGES =
  /^(README|CONTRIBUTING|CHANGELOG|LICENSE|SECURITY|AGENTS|NOTICE|RESULTS|CODEOWNERS)(\.md)?$/
/** What Helm asks for by name. */
const OF_HELM = /^(Chart\.yaml|NOTES\.txt|UPGRADING\.md|_[a-z]+(-[a-z]+)*\.tpl)$/
const BANNED = /^(utils?|helpers?|common|managers?|impl|misc)$/

/** Files and folders are called by kebab-case nouns. */
export const namesAreKebabCase: Rule = (tree) =>
  tree
    .filter(({ path }) => {
      const names = path.split('/')
      const file = names.pop() ?? ''
      return (
        !names.every((name) => KEBAB_CASE.test(name)) || !(isPage(file) || KEBAB_CASE.test(file))
      )
    })
    .map(({ path }) => ({ path, message: 'is not kebab-case' }))

const isPage = (file: string): boolean =>
  PAGES.test(file) || OF_HELM.test(file) || ['Dockerfile', 'Caddyfile'].includes(file)

/** A name that could stand for anything says nothing. */
export const namesSaySomething: Rule = (tree) =>
  tree
    .filter(({ path }) => path.split(/[/.-]/).some((word) => BANNED.test(word)))
    .map(({ path }) => ({ path, message: 'has a name that says nothing; say what is in it' }))

/** The same for classes. */
export const classesSaySomething: Rule = (tree) =>
  tree.filter(isCode).flatMap((file) =>
    nodesOf(file)
      .filter(({ type }) => type === 'ClassDeclaration')
      .map((node) => (node['id'] as { name: string } | null)?.name ?? '')
      .filter((name) => /(Utils?|Helpers?|Common|Manager|Impl)$/.test(name))
      .map((name) => ({ path: file.path, message: `has a class ${name}; say what it owns` })),
  )
