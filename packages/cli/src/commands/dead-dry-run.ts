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

const COLUMNS = [numbers('seq'), 'consumer', 'event', 'outcome', 'because']

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
  const rows: string[][] = []
  let [count, bad] = [0, 0]
  for await (const letter of selected(tools, operator, picked)) {
    const verdict = judge(letter)
    count += 1
    if (verdict.outcome !== 'taken') bad += 1
    if (picked.flags.json) terminal.line(toJson(letter, verdict))
    else rows.push(toRow(terminal, letter, verdict))
  }
  if (!picked.flags.json)
    for (const line of table(rows, { columns: COLUMNS, width: terminal.width })) terminal.line(line)
  if (bad > 0) throw new Refusal(`${bad} of ${counted(count, 'letter')} would not be taken.`)
  if (!picked.flags.json) terminal.line(`${counted(count, 'letter')} would be taken again.`)
}

const toJson = (letter: Letter, { outcome, problems }: Verdict): string =>
  JSON.stringify({ ...letterJson(letter), outcome, problems })

const toRow = (terminal: Terminal, letter: Letter, { outcome, problems }: Verdict): string[] => [
  String(letter.seq),
  `${letter.service}.${letter.consumer}`,
  letter.event || '-',
  outcome === 'taken' ? 'taken' : paint(terminal, 'bad')(outcome),
  problems.join('; '),
]
