import type { BrokerChange, BrokerDifference, Place } from '@meshboard/kit'
import { bytes } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import type { Terminal } from '../terminal.ts'

const NANOS_A_DAY = 24 * 60 * 60 * 1e9
const NANOS_A_SECOND = 1e9
/** Settings that are nanoseconds. */
const TIMES = new Set(['max_age', 'duplicate_window', 'ack_wait'])

/** What would be done, a line for each stream, durable and setting. */
export const shownChanges = (terminal: Terminal, difference: BrokerDifference): string[] => [
  ...difference.changes.flatMap((change) => shownChange(terminal, change)),
  ...difference.leftovers.map((leftover) => `? ${nameOf(leftover)} ${leftover.why}: left`),
]

/** A stream or durable by its kind and name. */
export const nameOf = ({ stream, durable }: Place): string =>
  durable === undefined ? `stream ${stream}` : `durable ${durable} of ${stream}`

const shownChange = (terminal: Terminal, change: BrokerChange): string[] => {
  const isNew = change.act === 'make'
  const head = isNew ? paint(terminal, 'good')('+') : '~'
  return [
    `${head} ${nameOf(change)}`,
    ...change.settings.map(({ setting, from, to }) =>
      isNew
        ? `    ${setting} ${valueOf(setting, to)}`
        : `    ${setting} ${valueOf(setting, from)} → ${valueOf(setting, to)}`,
    ),
  ]
}

const valueOf = (setting: string, value: unknown): string => {
  if (value === undefined) return 'none'
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value)
  if (TIMES.has(setting)) return timeOf(value)
  return setting === 'max_bytes' && value > 0 ? bytes(value) : String(value)
}

const timeOf = (nanos: number): string => {
  if (nanos >= 2 * NANOS_A_DAY) return `${Number((nanos / NANOS_A_DAY).toFixed(2))}d`
  return nanos === 0 ? 'for ever' : `${nanos / NANOS_A_SECOND}s`
}
