import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScratchDatabase } from '@meshboard/db'
import type { Command } from 'commander'
import { type BroughtBack, bringBackMesh } from '../backup/bring-back-mesh.ts'
import { openBackup } from '../backup/folder.ts'
import { partsOf, restoring, serversOf } from '../backup/mesh-parts.ts'
import { reported } from '../backup/reported.ts'
import { type Figures, type MeshServers, saveMesh } from '../backup/save-mesh.ts'
import { startScratchBroker } from '../backup/scratch-broker.ts'
import { shownBroughtBack, shownFigures, toJson } from '../backup/shown.ts'
import type { Tools } from '../tools.ts'

/** `mesh backup-drill`: whether a backup of the mesh that runs could be brought back. */
export const addBackupDrill = (program: Command, tools: Tools): void => {
  program
    .command('backup-drill')
    .summary('save the mesh that runs, bring it back beside it, compare')
    .description(
      'Save the mesh that runs, bring that back into a scratch database on the same server and a ' +
        'scratch broker on this machine, compare the sums of the ledger, and delete both again.',
    )
    .option('--json', 'one document')
    .action(({ json }: { json?: boolean }) =>
      reported(async () => {
        const folder = await mkdtemp(join(tmpdir(), 'meshboard-backup-'))
        try {
          const [saved, found] = await drill(tools, join(folder, 'backup'))
          for (const line of json ? [toJson({ saved, found })] : shown(saved, found))
            tools.terminal.line(line)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      }),
    )
}

const drill = async (tools: Tools, folder: string): Promise<[Figures, BroughtBack]> => {
  const { env } = tools.terminal
  const servers = serversOf(env)
  const saved = await saveMesh(servers, await partsOf(await tools.services(), servers), folder)
  return withScratch(tools, servers, async (scratch) => {
    const how = await restoring(env, { keepPasswords: true })
    const backup = await openBackup(folder)
    return [saved, await bringBackMesh({ ...how, backup, servers: scratch, replicas: 1 })]
  })
}

const withScratch = async <T>(
  ...[{ terminal }, { databaseUrl }, use]: [
    Tools,
    MeshServers,
    (scratch: MeshServers) => Promise<T>,
  ]
): Promise<T> => {
  const broker = await startScratchBroker(terminal.env)
  try {
    const database = await createScratchDatabase(databaseUrl)
    try {
      return await use({ databaseUrl: database.url, broker: broker.options })
    } finally {
      await database.drop()
    }
  } finally {
    await broker.stop()
  }
}

const shown = (saved: Figures, found: BroughtBack): string[] => [
  'saved',
  ...shownFigures(saved).map((line) => `  ${line}`),
  'brought back beside it',
  ...shownBroughtBack(found).map((line) => `  ${line}`),
  'The ledger that came back is the one that was saved, and its sums are 0.',
]
