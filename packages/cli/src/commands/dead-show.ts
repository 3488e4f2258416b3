import { DEAD_HEADERS } from '@meshboard/contracts'
import type { Operator } from '@meshboard/kit'
import type { Command } from 'commander'
import { type Letter, letterJson } from '../dead/letter.ts'
import { existingLetter } from '../dead/selection.ts'
import { age } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { sequence } from '../parsing.ts'
import { traceOf, valueOf } from '../seen-event.ts'
import type { Terminal } from '../terminal.ts'
import { type Tools, withOperator } from '../tools.ts'

/** `mesh dead show`: all there is of one letter. */
export const addDeadShow = (dead: Command, tools: Tools): void => {
  dead
    .command('show')
    .description('All there is of one letter: why it died, its headers, its body, its trace.')
    .argument('<seq>', 'its position, as "dead ls" shows it', sequence)
    .option('--json', 'one document')
    .action((seq: number, { json }: { json?: boolean }) =>
      withOperator(tools, (operator) => show(tools.terminal, operator, { seq, json })),
    )
}

const show = async (
  terminal: Terminal,
  operator: Operator,
  { seq, json }: { seq: number; json: boolean | undefined },
): Promise<void> => {
  const letter = await existingLetter(operator, seq)
  const body = bodyOf(letter)
  if (json) {
    const { headers } = letter
    const whole = { ...letterJson(letter), trace_id: traceOf(headers) ?? null, headers, body }
    return terminal.line(JSON.stringify(whole))
  }
  for (const line of facts(terminal, letter)) terminal.line(line)
  terminal.line('')
  terminal.line(typeof body === 'string' ? body : JSON.stringify(body, undefined, 2))
}

const facts = (terminal: Terminal, letter: Letter): string[] => {
  const rows: [string, string][] = [
    ['letter', String(letter.seq)],
    ['given up', `${letter.time} (${age(letter.time)} ago)`],
    ['by', `${letter.service}.${letter.consumer}, attempt ${letter.attempt || '?'}`],
    ['because', `${letter.kind ? `${letter.kind}: ` : ''}${letter.reason}`],
    ['event', `${letter.event || '-'} ${letter.eventId}`],
    ['subject', letter.subject || '-'],
    ['trace', traceOf(letter.headers) ?? '-'],
    ['tried in', letter.headers[DEAD_HEADERS.trace] ?? '-'],
  ]
  const headers = Object.entries(letter.headers).map(([name, value]) => `  ${name}: ${value}`)
  return [
    ...rows.map(([name, value]) => `${paint(terminal, 'strong')(name.padEnd(8))}  ${value}`),
    '',
    ...headers.toSorted(),
  ]
}

/** As JSON where it is that, else as text, else in base64. */
const bodyOf = ({ data }: Letter): unknown => {
  try {
    return valueOf(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch {
    return `base64: ${Buffer.from(data).toString('base64')}`
  }
}
