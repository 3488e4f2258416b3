import type { Command } from 'commander'
import { partsOf, serversOf } from '../backup/mesh-parts.ts'
import { saveMesh } from '../backup/save-mesh.ts'
import { shownFigures, toJson } from '../backup/shown.ts'
import { reported } from '../backup/reported.ts'
import type { Tools } from '../tools.ts'

/** `mesh backup`: streams and database of a mesh that runs, into a folder. */
export const addBackup = (program: Command, tools: Tools): void => {
  program
    .command('backup')
    .summary('save streams and database into a folder')
    .description(
      'Save every stream and every schema of a mesh that runs into a folder of its own, streams ' +
        'first. docs/runbooks/backup-and-restore.md says what is not in it.',
    )
    .requiredOption('--to <folder>', 'where to; made, or empty')
    .option('--json', 'one document')
    .action(({ to, json }: { to: string; json?: boolean }) =>
      reported(async () => {
        const servers = serversOf(tools.terminal.env)
        const parts = await partsOf(await tools.services(), servers)
        const figures = await saveMesh(servers, parts, to)
        for (const line of json ? [toJson(figures)] : shownFigures(figures))
          tools.terminal.line(line)
      }),
    )
}
