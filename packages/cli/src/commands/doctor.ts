import type { Command } from 'commander'
import type { Finding } from '../doctor/finding.ts'
import { lookAtAll } from '../doctor/look.ts'
import { counted } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { Refusal } from '../refusal.ts'
import type { Terminal } from '../terminal.ts'
import type { Tools } from '../tools.ts'

/** `mesh doctor`: whether a live mesh rests on what it should. */
export const addDoctor = (program: Command, tools: Tools): void => {
  program
    .command('doctor')
    .summary('whether a live mesh rests on what it should')
    .description(
      'Look at the servers of a live mesh: versions, syncing, copies, clocks, disks, streams and ' +
        'durables, permissions, schemas and roles, Redis, certificates. Changes nothing; exit code 1 ' +
        'when something is bad.',
    )
    .option('--json', 'JSON lines, one a finding')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await lookAtAll(tools)
      for (const finding of findings)
        for (const line of json ? [JSON.stringify(finding)] : shown(tools.terminal, finding))
          tools.terminal.line(line)
      const count = findings.filter(({ state }) => state === 'bad').length
      if (count > 0) throw new Refusal(`${counted(count, 'finding')} bad.`)
    })
}

const STYLES = { ok: 'good', warning: 'strong', bad: 'bad' } as const
const STATE_WIDTH = 'warning'.length

const shown = (terminal: Terminal, { check, state, text, mend }: Finding): string[] => {
  const marked = paint(terminal, STYLES[state])(state.padEnd(STATE_WIDTH))
  return [`${marked}  ${check}: ${text}${mend === undefined ? '' : `  → ${mend}`}`]
}
