import { PROVISIONER } from '@meshboard/kit'
import type { Command } from 'commander'
import { UsageFailure } from '../refusal.ts'
import { readSetupConfig } from '../setup-config.ts'
import type { Tools } from '../tools.ts'

interface SetupFlags {
  only?: string
  json?: boolean
}

/** `mesh setup`: schemas, roles, streams and durables as this build needs them. */
export const addSetup = (program: Command, { terminal }: Tools): void => {
  program
    .command('setup')
    .summary('make what this build needs')
    .description(
      'Bring schemas, roles, streams and durables to what this build needs. Deletes nothing.',
    )
    .option('--only <service>', "its schema, role, stream and durables, and nobody else's")
    .option('--json', 'one line of JSON at the end')
    .action(async ({ only, json }: SetupFlags) => {
      const config = readSetupConfig(terminal.env)
      const { schemas, setUp } = await import('@meshboard/deploy')
      if (only !== undefined && !(only in schemas))
        throw new UsageFailure(`No service with a schema is called ${only}.`)
      const report = await setUp({ ...config, only })
      const { migrations, provision } = report
      terminal.line(
        json
          ? JSON.stringify(report)
          : `${migrations.applied} migrations run in ${migrations.services} schemas; ` +
              `${provision.streams} streams and ${provision.consumers} durables as user ${PROVISIONER}`,
      )
    })
}
