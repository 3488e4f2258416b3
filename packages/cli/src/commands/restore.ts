import type { Command } from 'commander'
import { bringBackMesh } from '../backup/bring-back-mesh.ts'
import { openBackup } from '../backup/folder.ts'
import { restoring, serversOf } from '../backup/mesh-parts.ts'
import { reported } from '../backup/reported.ts'
import { shownBroughtBack, toJson } from '../backup/shown.ts'
import { readProvisionConfig } from '../setup-config.ts'
import type { Tools } from '../tools.ts'

interface RestoreFlags {
  from: string
  streamsOnly?: boolean
  json?: boolean
}

/** `mesh restore`: a backup onto servers that have nothing of the mesh. */
export const addRestore = (program: Command, tools: Tools): void => {
  program
    .command('restore')
    .summary('bring a backup back onto empty servers')
    .description(
      'Bring a backup back onto a database and a broker that have nothing of the mesh, before any ' +
        'service runs there. Overwrites nothing; compares the sums of the ledger.',
    )
    .requiredOption('--from <folder>', 'the backup')
    .option('--streams-only', 'beneath a database that is there and newer than the backup')
    .option('--json', 'one document')
    .action(({ from, streamsOnly = false, json }: RestoreFlags) =>
      reported(async () => {
        const { env } = tools.terminal
        const found = await bringBackMesh({
          ...(await restoring(env, { keepPasswords: streamsOnly })),
          streamsOnly,
          backup: await openBackup(from),
          servers: serversOf(env),
          replicas: readProvisionConfig(env).streams.replicas,
        })
        for (const line of json ? [toJson(found)] : shownBroughtBack(found))
          tools.terminal.line(line)
        tools.terminal.note('Now `mesh provision`, and then the services.')
      }),
    )
}
