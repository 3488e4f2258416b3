/** A metric that an expression names, and the labels it is picked by. */
export interface NamedMetric {
  readonly name: string
  readonly labels: readonly string[]
}

/** What an expression of PromQL names. */
export interface Named {
  readonly metrics: readonly NamedMetric[]
  /** Labels of `by (…)` and its like. */
  readonly groups: readonly string[]
}

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'group_left', 'group_right'])
const GROUPING = /\b(?:by|on|ignoring|without)\s*\(([^)]*)\)/g
const NAME = /(?<![\w:.$])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?![\w:]*\s*\()/g

/** Reads an expression as far as its names go; functions and numbers are none. */
export const namedIn = (expr: string): Named => {
  const text = expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\[[^\]]*\]/g, ' ')
  const groups = [...text.matchAll(GROUPING)].flatMap(([, list = '']) => listed(list))
  const metrics = [...text.replaceAll(GROUPING, ' ').matchAll(NAME)]
    .map(([, name = '', matchers = '']) => ({
      name,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }))
    .filter(({ name }) => !WORDS.has(name))
  return { metrics, groups }
}

const listed = (list: string): string[] =>
  list
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '')
