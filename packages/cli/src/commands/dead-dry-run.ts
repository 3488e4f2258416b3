import type { Operator } from '@meshboard/kit'
import type { Command } from 'commander'
import { type Letter, letterJson } from '../dead/letter.ts'
import { type FilterFlags, selected, withSelection } from '../dead/selection.ts'
import { type Verdict, judgeWith } from '../dead/verdict.ts'
import { counted } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { numbers, table } from '../output/table.ts'
import { Refusal } from '../refusal.ts'
import type { Terminal } from '../terminal.ts'
import { type Tools, withOperator } from '../tools.ts'

type DryRunFlags = FilterFlags & { all?: boolean; json?: boolean }

interface Judged {
  readonly letter: Letter
  readonly verdict: Verdict
}

/** `mesh dead dry-run`: what a redrive would do. */
export const addDeadDryRun = (dead: Command, tools: Tools): void => {
  withSelection(
    dead
      .command('dry-run')
      .description(
        "What a redrive would do, by this build's contracts; changes nothing. Exit code 1 when a letter would fail again or be lost.",
      ),
  )
    .option('--json', 'JSON lines, one a letter')
    .action((seqs: readonly number[] | undefined, flags: DryRunFlags) =>
      withOperator(tools, (operator) => dryRun(tools, operator, { seqs: seqs ?? [], flags })),
    )
}

const dryRun = async (
  tools: Tools,
  operator: Operator,
  picked: { seqs: readonly number[]; flags: DryRunFlags },
): Promise<void> => {
  const { terminal } = tools
  const judge = await judgeWith(operator, await tools.services())
  const judged: Judged[] = []
  for await (const letter of selected(operator, picked))
    judged.push({ letter, verdict: judge(letter) })
  const lines = picked.flags.json ? judged.map(toJson) : show(terminal, judged)
  for (const line of lines) terminal.line(line)
  const bad = judged.filter(({ verdict }) => verdict.outcome !== 'taken')
  if (bad.length > 0)
    throw new Refusal(`${bad.length} of ${counted(judged.length, 'letter')} would not be taken.`)
  if (!picked.flags.json) terminal.line(`${counted(judged.length, 'letter')} would be taken again.`)
}

const toJson = ({ letter, verdict: { outcome, problems } }: Judged): string =>
  JSON.stringify({ ...letterJson(letter), outcome, problems })

const show = (terminal: Terminal, judged: readonly Judged[]): string[] => {
  const bad = paint(terminal, 'bad')
  const rows = judged.map(({ letter, verdict: { outcome, problems } }) => [
    String(letter.seq),
    `${letter.service}.${letter.consumer}`,
    letter.event || '-',
    outcome === 'taken' ? 'taken' : bad(outcome),
    problems.join('; '),
  ])
  const columns = [numbers('seq'), 'consumer', 'event', 'outcome', 'because']
  return table(rows, { columns, width: terminal.width })
}
