import type { Operator } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { type AuditRecord, readAudit } from '../audit.ts'
import { age } from '../output/amounts.ts'
import { numbers, table } from '../output/table.ts'
import { count, moment } from '../parsing.ts'
import { type Tools, withOperator } from '../tools.ts'

interface LogFlags {
  since?: Date
  limit: number
  json?: boolean
}

/** `mesh dead log`: what operators did. */
export const addDeadLog = (dead: Command, tools: Tools): void => {
  dead
    .command('log')
    .description('What operators redrove, discarded and replayed, the newest last.')
    .addOption(new Option('--since <time>', 'since then: 15m, 2h, 3d or a time').argParser(moment))
    .addOption(new Option('--limit <n>', 'the newest so many').argParser(count).default(50))
    .option('--json', 'JSON lines, one an action')
    .action((flags: LogFlags) => withOperator(tools, (operator) => log(tools, operator, flags)))
}

const log = async ({ terminal }: Tools, operator: Operator, flags: LogFlags): Promise<void> => {
  const records: AuditRecord[] = []
  for await (const record of readAudit(operator, flags.since)) {
    records.push(record)
    if (records.length > flags.limit) records.shift()
  }
  const lines = flags.json
    ? records.map(({ to, ...record }) => JSON.stringify({ ...record, ...to, seq: record.seq }))
    : table(records.map(toRow), {
        columns: [numbers('age'), 'action', 'actor', 'to', 'reason'],
        width: terminal.width,
      })
  for (const line of lines) terminal.line(line)
  if (records.length === 0 && !flags.json) terminal.line('Nobody has done anything.')
}

const toRow = ({ time, action, actor, reason, to }: AuditRecord): string[] => [
  age(time),
  action,
  actor,
  objectOf(to),
  reason,
]

const objectOf = (to: AuditRecord['to']): string => {
  const who = `${String(to['service'])}.${String(to['consumer'])}`
  if (to['letter_seq'] !== undefined)
    return `letter ${String(to['letter_seq'])}, ${String(to['event'])} of ${who}`
  const [first, last] = [String(to['from_seq']), String(to['to_seq'])]
  return `run ${String(to['run'])}, ${String(to['event'])} ${first} to ${last} to ${who}`
}
