import type { GeneratedFile } from './generator.ts'

/**
 * The text between `<!-- generated:NAME -->` and `<!-- /generated -->` of a Markdown file; all
 * around it stays. Throws when the file has no such section: it is a person who puts it there.
 */
export const markedSection = (
  path: string,
  name: string,
  body: () => string | Promise<string>,
): GeneratedFile => ({
  path,
  async content(current) {
    if (current === undefined) throw new Error(`${path} is not there`)
    return replaceSection(current, name, await body(), path)
  },
})

const END = '<!-- /generated -->'

const replaceSection = (text: string, name: string, body: string, path: string): string => {
  const start = `<!-- generated:${name} -->`
  const from = text.indexOf(start)
  const to = text.indexOf(END, from)
  if (from < 0 || to < 0) throw new Error(`${path} has no section ${start} … ${END}`)
  return `${text.slice(0, from + start.length)}\n\n${body.trim()}\n\n${text.slice(to)}`
}

/** A table as the formatter writes it: columns as wide as their widest cell, `|` escaped. */
export const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => (row[at] ?? '').length)))
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`
  const [first = [], ...others] = cells
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join(
    '\n',
  )
}
