import { watchForeignLoad } from './machine.ts'

/** Figures of one run of one adapter, by name. */
export type Figures = Readonly<Record<string, number>>

/** One run: which adapter, in which round, what came out, how busy the machine was besides. */
export interface Row {
  readonly adapter: string
  readonly round: number
  readonly figures: Figures
  /** Cores that others used meanwhile. */
  readonly foreignCores: number
}

/** A row measured while others used more than that is marked, and its rates do not count. */
const FOREIGN_CORES_MAX = 0.3

export const isNoisy = ({ foreignCores }: Row): boolean => foreignCores > FOREIGN_CORES_MAX

/** A measured stretch: what it gave, and how much of the machine others used. */
export interface Measured {
  readonly figures: Figures
  readonly foreignCores: number
}

/** Runs a stretch and watches the machine for as long. */
export const measured = async (work: () => Promise<Figures>): Promise<Measured> => {
  const foreign = watchForeignLoad()
  const figures = await work()
  return { figures, foreignCores: foreign() }
}

/** Runs every adapter once a round, in an order that rotates. Each starts its processes anew. */
export const runRounds = async (
  adapters: Readonly<Record<string, () => Promise<Measured>>>,
  rounds: number,
): Promise<Row[]> => {
  const names = Object.keys(adapters)
  const rows: Row[] = []
  for (let round = 1; round <= rounds; round += 1) {
    for (const index of names.keys()) {
      const adapter = names[(index + round - 1) % names.length] ?? ''
      const run = adapters[adapter]
      if (run) rows.push({ adapter, round, ...(await run()) })
      process.stderr.write(`  round ${round} of ${rounds}: ${adapter}\n`)
    }
  }
  return rows
}

/** The median, least and greatest of what several rounds gave. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((one, other) => one - other)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return { median: (upper + lower) / 2, min: sorted[0] ?? upper, max: sorted.at(-1) ?? upper }
}

interface Ratio {
  figure: string
  of: string
  to: string
  /** Rates are judged by quiet rounds if there are any; processor time holds in all. */
  quietOnly?: boolean
}

/** A ratio taken inside each round. */
export const ratioOf = (rows: readonly Row[], { figure, of, to, quietOnly }: Ratio): Spread => {
  const pairs = [...Map.groupBy(rows, ({ round }) => round).values()].flatMap((round) => {
    const [one, other] = [of, to].map((name) => round.find(({ adapter }) => adapter === name))
    if (!one || !other) return []
    const value = (one.figures[figure] ?? Number.NaN) / (other.figures[figure] ?? Number.NaN)
    return [{ value, quiet: !isNoisy(one) && !isNoisy(other) }]
  })
  const quiet = pairs.filter((pair) => pair.quiet)
  const kept = quietOnly && quiet.length > 0 ? quiet : pairs
  return spreadOf(kept.map(({ value }) => value))
}

/** One figure of one adapter over the rounds. */
export const figureOf = (rows: readonly Row[], adapter: string, figure: string): Spread =>
  spreadOf(
    rows.filter((row) => row.adapter === adapter).map((row) => row.figures[figure] ?? Number.NaN),
  )
