import type { Row, Spread } from './rounds.ts'

/** How long and how often. */
export interface Settings {
  readonly rounds: number
  /** Length of each measured stretch. */
  readonly seconds: number
  /** Length of what comes before, so that the compilers have seen it. */
  readonly warmUpSeconds: number
  /** Whether the growth tables are wanted as well. */
  readonly growth: boolean
}

/** A table as it is printed: a title, the names of its columns, its rows. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What a bench found. */
export interface Result {
  readonly rows: readonly Row[]
  readonly figures: Readonly<Record<string, number>>
  readonly ratios: Readonly<Record<string, Spread>>
  readonly tables: readonly Table[]
}

/** One bench: runs the reference and ours in turn. */
export type Bench = (settings: Settings) => Promise<Result>
