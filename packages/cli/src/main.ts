import { setUp } from '@meshboard/deploy'
import { PROVISIONER, processEnvironment } from '@meshboard/kit'
import { Command } from 'commander'
import { readSetupConfig } from './setup-config.ts'

const program = new Command('mesh').description('Tools for who runs the mesh.')

program
  .command('setup')
  .description(
    'Bring schemas, roles, streams and durables to what this build needs. Deletes nothing.',
  )
  .option('--json', 'one line of JSON at the end')
  .action(async ({ json }: { json?: boolean }) => {
    const config = readSetupConfig(processEnvironment())
    const report = await setUp(config)
    const { migrations, provision } = report
    console.log(
      json
        ? JSON.stringify(report)
        : `${migrations.applied} migrations run in ${migrations.services} schemas; ` +
            `${provision.streams} streams and ${provision.consumers} durables as user ${PROVISIONER}`,
    )
  })

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
