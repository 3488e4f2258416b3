import type { Result, Table } from './bench.ts'
import { type Row, type Spread, isNoisy, spreadOf } from './rounds.ts'

/** A bench's tables: medians over the rounds with their spread, noisy rows marked. */
export const printResult = (name: string, { rows, ratios, tables }: Result): void => {
  printTable(rowsTable(name, rows))
  printTable({
    title: `${name}: ratios (median of the rounds, least to greatest)`,
    columns: ['ratio', 'median', 'spread'],
    rows: Object.entries(ratios).map(([ratio, spread]) => [
      ratio,
      shown(spread.median),
      `${shown(spread.min)} … ${shown(spread.max)}`,
    ]),
  })
  tables.forEach(printTable)
}

const rowsTable = (name: string, rows: readonly Row[]): Table => {
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))]
  const adapters = [...Map.groupBy(rows, ({ adapter }) => adapter)]
  return {
    title: `${name}: medians (least … greatest); "noisy" counts the rounds in which others used more than 0.3 cores`,
    columns: ['adapter', ...figures, 'foreign cores', 'noisy'],
    rows: adapters.map(([adapter, own]) => [
      adapter,
      ...figures.map((figure) => cell(own.map((row) => row.figures[figure] ?? Number.NaN))),
      shown(spreadOf(own.map((row) => row.foreignCores)).median),
      `${own.filter(isNoisy).length}/${own.length}`,
    ]),
  }
}

const cell = (values: readonly number[]): string => {
  const known = values.filter((value) => !Number.isNaN(value))
  if (known.length === 0) return '-'
  const spread: Spread = spreadOf(known)
  if (known.length === 1) return shown(spread.median)
  return `${shown(spread.median)} (${shown(spread.min)} … ${shown(spread.max)})`
}

/** Three digits that count; whole numbers from a hundred on. */
export const shown = (value: number): string => {
  if (!Number.isFinite(value)) return '-'
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

export const printTable = ({ title, columns, rows }: Table): void => {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((one, index) => one.padEnd(widths[index] ?? 0)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  console.log(`\n${title}\n\n${[line(columns), rule, ...rows.map(line)].join('\n')}`)
}
