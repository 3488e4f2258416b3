import { PROVISIONER } from '@meshboard/kit'
import type { Command } from 'commander'
import { readSetupConfig } from '../setup-config.ts'
import type { Tools } from '../tools.ts'

/** `mesh setup`: schemas, roles, streams and durables as this build needs them. */
export const addSetup = (program: Command, { terminal }: Tools): void => {
  program
    .command('setup')
    .summary('make what this build needs')
    .description(
      'Bring schemas, roles, streams and durables to what this build needs. Deletes nothing.',
    )
    .option('--json', 'one line of JSON at the end')
    .action(async ({ json }: { json?: boolean }) => {
      const config = readSetupConfig(terminal.env)
      const { setUp } = await import('@meshboard/deploy')
      const report = await setUp(config)
      const { migrations, provision } = report
      terminal.line(
        json
          ? JSON.stringify(report)
          : `${migrations.applied} migrations run in ${migrations.services} schemas; ` +
              `${provision.streams} streams and ${provision.consumers} durables as user ${PROVISIONER}`,
      )
    })
}
