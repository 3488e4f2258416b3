import { Command } from 'commander'
import { addBackupDrill } from './commands/backup-drill.ts'
import { addBackup } from './commands/backup.ts'
import { addCall } from './commands/call.ts'
import { addDead } from './commands/dead.ts'
import { addDoctor } from './commands/doctor.ts'
import { addGraph } from './commands/graph.ts'
import { addLag } from './commands/lag.ts'
import { addOutbox } from './commands/outbox.ts'
import { addPerm } from './commands/perm.ts'
import { addProvision } from './commands/provision.ts'
import { addReplay } from './commands/replay.ts'
import { addRestore } from './commands/restore.ts'
import { addServices } from './commands/services.ts'
import { addSetup } from './commands/setup.ts'
import { addTail } from './commands/tail.ts'
import { exitCodeOf, wordsOf } from './refusal.ts'
import type { Tools } from './tools.ts'

const COMMANDS = [
  addServices,
  addCall,
  addTail,
  addLag,
  addGraph,
  addPerm,
  addDead,
  addReplay,
  addOutbox,
  addSetup,
  addProvision,
  addDoctor,
  addBackup,
  addRestore,
  addBackupDrill,
]

const EXIT_CODES = `
Exit codes: 0 done, 1 failed or refused, 2 the command line cannot be meant like this;
of provision --plan: 2 there is something to do.`

/** Runs one command of `mesh`; resolves with its exit code. */
export const runMesh = async (args: readonly string[], tools: Tools): Promise<0 | 1 | 2> => {
  const { terminal } = tools
  const program = new Command('mesh')
    .description('Tools for who runs the mesh.')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.line(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showSuggestionAfterError()
  for (const add of COMMANDS) add(program, tools)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    const words = wordsOf(error)
    if (words !== undefined) terminal.note(words)
    return exitCodeOf(error)
  }
}
