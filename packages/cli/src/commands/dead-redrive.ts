import type { Operator } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { whoActs } from '../audit.ts'
import { redriveLetter } from '../dead/acts.ts'
import type { Letter } from '../dead/letter.ts'
import { type FilterFlags, selected, stillThere, withSelection } from '../dead/selection.ts'
import { judgeWith } from '../dead/verdict.ts'
import { confirmed, oneByOne } from '../one-by-one.ts'
import { counted } from '../output/amounts.ts'
import { rate, reason } from '../parsing.ts'
import { Refusal } from '../refusal.ts'
import { type Tools, withOperator } from '../tools.ts'

type RedriveFlags = FilterFlags & {
  all?: boolean
  reason: string
  actor?: string
  rate: number
  force?: boolean
  yes?: boolean
  json?: boolean
}

/** `mesh dead redrive`: gives letters to the consumer that failed, and to no other. */
export const addDeadRedrive = (dead: Command, tools: Tools): void => {
  withSelection(
    dead
      .command('redrive')
      .description(
        'Give letters to the consumer that failed, and to no other. Each is written down first. ' +
          'Letters that would fail again stay; repeating it is harmless.',
      ),
  )
    .requiredOption('--reason <text>', 'why, for the audit', reason)
    .option('--actor <name>', 'who, for the audit; the user of this machine when not given')
    .addOption(new Option('--rate <n>', 'letters a second at most').argParser(rate).default(50))
    .option('--force', 'also those that would fail again; never those that nobody would take')
    .option('--yes', 'more than one without asking')
    .option('--json', 'JSON lines, one a letter redriven')
    .action((seqs: readonly number[] | undefined, flags: RedriveFlags) =>
      withOperator(tools, (operator) => redrive(tools, operator, { seqs: seqs ?? [], flags })),
    )
}

const redrive = async (
  tools: Tools,
  operator: Operator,
  picked: { seqs: readonly number[]; flags: RedriveFlags },
): Promise<void> => {
  const { terminal } = tools
  const { flags } = picked
  const { going, staying } = await sorted(tools, operator, picked)
  const question = `Redrive ${counted(going.length, 'letter')}?`
  await confirmed(terminal, { count: going.length, question, yes: flags.yes })
  const warrant = { actor: flags.actor ?? whoActs(), reason: flags.reason }
  const count = await oneByOne(terminal, {
    items: going,
    total: going.length,
    rate: flags.rate,
    done: 'redriven',
    async act(seq) {
      const letter = await stillThere(operator, { seq, terminal })
      if (!letter) return false
      const redriveSeq = await redriveLetter(operator, letter, warrant)
      if (flags.json) terminal.line(JSON.stringify(resultOf(letter, redriveSeq)))
      return true
    },
  })
  if (!flags.json) terminal.line(`${counted(count, 'letter')} redriven.`)
  if (staying > 0) throw new Refusal(`${counted(staying, 'letter')} left as dead.`)
}

/** Which of the letters may go, by position, and how many stay, each with a line that says why. */
const sorted = async (
  tools: Tools,
  operator: Operator,
  picked: { seqs: readonly number[]; flags: RedriveFlags },
): Promise<{ going: number[]; staying: number }> => {
  const { terminal } = tools
  const judge = await judgeWith(operator, await tools.services())
  const going: number[] = []
  let staying = 0
  for await (const letter of selected(tools, operator, picked)) {
    const { outcome, problems } = judge(letter)
    if (outcome === 'taken' || (picked.flags.force && outcome === 'fails')) going.push(letter.seq)
    else {
      staying += 1
      terminal.note(`letter ${letter.seq} stays: ${problems.join('; ')}`)
    }
  }
  return { going, staying }
}

const resultOf = ({ seq, service, consumer, eventId }: Letter, redriveSeq: number) => ({
  seq,
  service,
  consumer,
  event_id: eventId,
  redrive_seq: redriveSeq,
})
