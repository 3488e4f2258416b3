import type { Alert } from '../alert.ts'
import type { Objective } from '../objectives.ts'

/** Over how long the ratios of an objective are recorded. */
export const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const
type Window = (typeof WINDOWS)[number]

/** Fewer than so many of what went wrong, within the longer window, tell of chance. */
const FEW = 10

interface Burn {
  /** How many times faster than in 30 days all that may go wrong has gone wrong. */
  readonly factor: number
  readonly long: Window
  /** Ends the alert soon after what it told of. */
  readonly short: Window
}

/** 2 % of what may go wrong in 30 days within an hour, or 5 % within six. */
const PAGE: readonly Burn[] = [
  { factor: 14.4, long: '1h', short: '5m' },
  { factor: 6, long: '6h', short: '30m' },
]
/** 10 % within a day, or all of it at this pace. */
const TICKET: readonly Burn[] = [
  { factor: 3, long: '1d', short: '2h' },
  { factor: 1, long: '3d', short: '6h' },
]

/** The series that an objective's ratio over a window is recorded as. */
export const ratioOf = ({ record, service }: Objective, window: Window): string =>
  `${record}:ratio_rate${window}{service="${service}"}`

/** The page and the ticket of an objective, by how fast what may go wrong does (SRE workbook, ch. 5). */
export const burnRateAlerts = (objective: Objective): Alert[] => {
  const summary = `{{ $value | humanizePercentage }} ${objective.sentence}.`
  const name = objective.alert
  return [
    { name, severity: 'page', forMinutes: 2, summary, expr: burning(objective, PAGE) },
    { name, severity: 'ticket', forMinutes: 15, summary, expr: burning(objective, TICKET) },
  ]
}

const burning = (objective: Objective, burns: readonly Burn[]): string =>
  burns.map((burn) => `(\n${burningAt(objective, burn)}\n)`).join('\nor\n')

const burningAt = (objective: Objective, { factor, long, short }: Burn): string => {
  const ratioMax = Number((factor * (1 - objective.share)).toFixed(6))
  const [longer, shorter] = [ratioOf(objective, long), ratioOf(objective, short)]
  return [
    `  ${longer} > ${ratioMax}`,
    `  and ${shorter} > ${ratioMax}`,
    `  and on () ${objective.bad(long)} * ${SECONDS[long]} > ${FEW}`,
  ].join('\n')
}

const SECONDS: Readonly<Record<Window, number>> = {
  '5m': 300,
  '30m': 1_800,
  '1h': 3_600,
  '2h': 7_200,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
}
