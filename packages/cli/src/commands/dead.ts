import type { Command } from 'commander'
import type { Tools } from '../tools.ts'
import { addDeadDiscard } from './dead-discard.ts'
import { addDeadDryRun } from './dead-dry-run.ts'
import { addDeadLog } from './dead-log.ts'
import { addDeadLs } from './dead-ls.ts'
import { addDeadRedrive } from './dead-redrive.ts'
import { addDeadShow } from './dead-show.ts'

/** `mesh dead`: the events that consumers could not take. */
export const addDead = (program: Command, tools: Tools): void => {
  const dead = program
    .command('dead')
    .summary('events that consumers could not take')
    .description('Events that consumers could not take: look, try, give them again, let them go.')
  const commands = [addDeadLs, addDeadShow, addDeadDryRun, addDeadRedrive, addDeadDiscard]
  for (const add of [...commands, addDeadLog]) add(dead, tools)
}
