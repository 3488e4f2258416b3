import type { Operator } from '@meshboard/kit'
import type { Command } from 'commander'
import { whoActs } from '../audit.ts'
import { discardLetter } from '../dead/acts.ts'
import { letterJson } from '../dead/letter.ts'
import { type FilterFlags, selected, stillThere, withSelection } from '../dead/selection.ts'
import { confirmed, oneByOne } from '../one-by-one.ts'
import { counted } from '../output/amounts.ts'
import { reason } from '../parsing.ts'
import { type Tools, withOperator } from '../tools.ts'

type DiscardFlags = FilterFlags & {
  all?: boolean
  reason: string
  actor?: string
  yes?: boolean
  json?: boolean
}

/** Letters a second: far below what would disturb the stream. */
const RATE = 200

/** `mesh dead discard`: lets letters go for good. */
export const addDeadDiscard = (dead: Command, tools: Tools): void => {
  withSelection(
    dead
      .command('discard')
      .description('Let letters go for good. Each is written down first, without its body.'),
  )
    .requiredOption('--reason <text>', 'why, for the audit', reason)
    .option('--actor <name>', 'who, for the audit; the user of this machine when not given')
    .option('--yes', 'more than one without asking')
    .option('--json', 'JSON lines, one a letter discarded')
    .action((seqs: readonly number[] | undefined, flags: DiscardFlags) =>
      withOperator(tools, (operator) => discard(tools, operator, { seqs: seqs ?? [], flags })),
    )
}

const discard = async (
  tools: Tools,
  operator: Operator,
  picked: { seqs: readonly number[]; flags: DiscardFlags },
): Promise<void> => {
  const { terminal } = tools
  const { flags } = picked
  const seqs: number[] = []
  for await (const { seq } of selected(tools, operator, picked)) seqs.push(seq)
  const question = `Discard ${counted(seqs.length, 'letter')} for good?`
  await confirmed(terminal, { count: seqs.length, question, yes: flags.yes })
  const warrant = { actor: flags.actor ?? whoActs(), reason: flags.reason }
  const count = await oneByOne(terminal, {
    items: seqs,
    total: seqs.length,
    rate: RATE,
    done: 'discarded',
    async act(seq) {
      const letter = await stillThere(operator, { seq, terminal })
      if (!letter) return false
      await discardLetter(operator, letter, warrant)
      if (flags.json) terminal.line(JSON.stringify(letterJson(letter)))
      return true
    },
  })
  if (!flags.json) terminal.line(`${counted(count, 'letter')} discarded.`)
}
