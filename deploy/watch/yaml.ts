/** What a YAML document of ours is made of. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml }

/** A document in block style, with a line of comment before it; text of several lines stands as it is. */
export const yamlDocument = (comment: string, value: Yaml): string =>
  `# ${comment}\n${linesOf(value).join('\n')}\n`

const linesOf = (value: Yaml): string[] => {
  if (isList(value))
    return value.flatMap((item) => {
      const [first = '', ...others] = linesOf(item)
      return [`- ${first}`, ...others.map(indented)]
    })
  if (typeof value === 'object') return Object.entries(value).flatMap(entryOf)
  return [scalar(value)]
}

const entryOf = ([key, value]: [string, Yaml]): string[] => {
  if (isList(value) && value.length === 0) return [`${key}: []`]
  if (typeof value === 'object') return [`${key}:`, ...linesOf(value).map(indented)]
  if (typeof value !== 'string' || !value.includes('\n')) return [`${key}: ${scalar(value)}`]
  return [`${key}: |-`, ...value.split('\n').map(indented)]
}

const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value)
const indented = (line: string): string => `  ${line}`

/** What needs no quotes, whoever reads it. */
const PLAIN = /^\w[\w:/.-]*$/
const OTHERWISE = /^(true|false|null|yes|no|on|off|[\d.:_-]+|0[xo].*|\d+e\d+)$/i

const scalar = (value: string | number | boolean): string => {
  if (typeof value !== 'string') return String(value)
  const isPlain = PLAIN.test(value) && !OTHERWISE.test(value) && !value.endsWith(':')
  return isPlain ? value : `'${value.replaceAll("'", "''")}'`
}
