import { stripVTControlCharacters } from 'node:util'

/** A column: what stands above it, and on which side its values stand. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** The column of numbers. */
export const numbers = (title: string): Column => ({ title, align: 'right' })

interface TableShape {
  readonly columns: readonly (Column | string)[]
  /** The most a line may have, in characters. */
  readonly width?: number
}

const GAP = '  '

/**
 * Rows as aligned lines below their titles. The last column is cut where the line would be longer
 * than `width`. No rows are no lines.
 */
export const table = (
  rows: readonly (readonly string[])[],
  { columns, width = Number.POSITIVE_INFINITY }: TableShape,
): string[] => {
  if (rows.length === 0) return []
  const all = columns.map((column) => (typeof column === 'string' ? { title: column } : column))
  const lines = [all.map(({ title }) => title), ...rows]
  const widths = all.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells[index]))))
  return lines.map((cells) => {
    const padded = all.map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column))
    return cut(padded.join(GAP).trimEnd(), width)
  })
}

const widthOf = (text = ''): number => stripVTControlCharacters(text).length

const pad = (text: string, width: number, { align }: Column): string => {
  const space = ' '.repeat(width - widthOf(text))
  return align === 'right' ? space + text : text + space
}

/** A text that fits into `width`, with a sign when some of it had to go. Coloured text is left whole. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width || widthOf(text) !== text.length) return text
  return `${text.slice(0, Math.max(0, width - 1))}…`
}
