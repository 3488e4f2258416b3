import { parseEventSubject } from '@meshboard/contracts'
import type { Operator } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { type Letter, letterJson, readLetters } from '../dead/letter.ts'
import { assertKnown } from '../dead/known.ts'
import { type FilterFlags, filterOf, withFilter } from '../dead/selection.ts'
import { age, counted } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { cut, numbers, table } from '../output/table.ts'
import { count } from '../parsing.ts'
import type { Terminal } from '../terminal.ts'
import { type Tools, withOperator } from '../tools.ts'

interface LsFlags extends FilterFlags {
  limit: number
  json?: boolean
}

const REASON_MAX = 60
/** Letters that are kept in memory: a hundred thousand bodies are not needed for a list. */
type Line = Omit<Letter, 'data' | 'headers'>

/** `mesh dead ls`: which events, of whom, and why. */
export const addDeadLs = (dead: Command, tools: Tools): void => {
  withFilter(
    dead.command('ls').description('How many, of whom and why; then the newest, one a line.'),
  )
    .addOption(new Option('--limit <n>', 'lines of letters').argParser(count).default(50))
    .option('--json', 'JSON lines, one a letter, all of them')
    .action((flags: LsFlags) => withOperator(tools, (operator) => list(tools, operator, flags)))
}

const list = async (tools: Tools, operator: Operator, flags: LsFlags): Promise<void> => {
  const { terminal } = tools
  const letters: Line[] = []
  const filter = filterOf(flags)
  await assertKnown(tools, operator, filter)
  for await (const letter of readLetters(operator, filter)) {
    if (terminal.signal.aborted) return
    if (flags.json) terminal.line(JSON.stringify(letterJson(letter)))
    else letters.push(lineOf(letter))
  }
  if (flags.json) return
  if (letters.length === 0) return terminal.line('No dead letters.')
  for (const line of [...summary(terminal, letters), '', ...rows(terminal, letters, flags.limit)])
    terminal.line(line)
}

const lineOf = ({ data: _data, headers: _headers, ...line }: Letter): Line => line

/** Letters of one consumer, kind and reason together: what is broken, rather than how often. */
const summary = (terminal: Terminal, letters: readonly Line[]): string[] => {
  const groups = [
    ...Map.groupBy(letters, (letter) =>
      [letter.service, letter.consumer, letter.kind, letter.reason].join('\n'),
    ).values(),
  ].toSorted((a, b) => b.length - a.length)
  const groupRows = groups.flatMap((group) => {
    const [oldest] = group
    const newest = group.at(-1)
    if (!oldest || !newest) return []
    const who = `${oldest.service}.${oldest.consumer}`
    const ages = [age(oldest.time), age(newest.time)]
    return [[String(group.length), who, oldest.kind || '-', ...ages, oldest.reason]]
  })
  const columns = [numbers('letters'), 'consumer', 'kind', numbers('oldest'), numbers('newest')]
  return table(groupRows, { columns: [...columns, 'reason'], width: terminal.width })
}

const rows = (terminal: Terminal, letters: readonly Line[], limit: number): string[] => {
  const shown = limit === 0 ? [] : letters.slice(-limit)
  const letterRows = shown.map((letter) => [
    String(letter.seq),
    age(letter.time),
    `${letter.service}.${letter.consumer}`,
    letter.event || '-',
    parseEventSubject(letter.subject)?.key ?? '-',
    letter.attempt || '-',
    cut(letter.reason, REASON_MAX),
  ])
  const columns = [numbers('seq'), numbers('age'), 'consumer', 'event', 'key', numbers('tries')]
  const more = letters.length - shown.length
  return [
    ...table(letterRows, { columns: [...columns, 'reason'], width: terminal.width }),
    ...(more > 0
      ? [paint(terminal, 'faint')(`${counted(more, 'older letter')} not shown: --limit`)]
      : []),
  ]
}
