import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { envName } from './names.mjs'
import { withOwnTools } from './node-runtime.mjs'
import { programOf } from './program-of.mjs'
import { lastLines, runCommand } from './run-command.mjs'
import { StartFailure } from './start-failure.mjs'

const timeoutMs = 120_000

/**
 * Brings the database's tables and the broker's streams to what the sources say; safe to repeat.
 * Answers what was done, `{ migrations, provision }`. Fails (StartFailure) with the last line the
 * setup said.
 */
export async function runSetup({ workspace, urls, secrets }) {
  const { command, args } = programOf(workspace, {
    name: 'tools',
    main: 'packages/cli/src/main.ts',
  })
  const env = { ...withOwnTools(workspace), ...adminEnv({ urls, secrets }) }
  const result = await runCommand(command, [...args, 'setup', '--json'], {
    cwd: workspace.root,
    env,
    timeoutMs,
  })
  mkdirSync(workspace.log, { recursive: true })
  writeFileSync(join(workspace.log, 'setup.log'), result.text)
  if (!result.ok) throw setupFailure(result)
  return JSON.parse(lastLines(result.stdout, 1))
}

/** What an operator's program needs to reach the servers with every right. */
export function adminEnv({ urls, secrets }) {
  const passwords = Object.entries(secrets.database).map(([service, password]) => [
    `DATABASE_PASSWORD_${envName(service)}`,
    password,
  ])
  return {
    NATS_URL: urls.nats,
    NATS_USER: 'provisioner',
    NATS_PASSWORD: secrets.nats.provisioner,
    NATS_PASSWORD_OPERATOR: secrets.nats.operator,
    NATS_PASSWORD_SYSTEM: secrets.nats.system,
    DATABASE_URL: urls.database,
    REDIS_URL: urls.redis,
    ...Object.fromEntries(passwords),
  }
}

function setupFailure({ stderr, exit }) {
  const reason =
    lastLines(stderr, 1) ||
    (exit.signal ? `no end after ${timeoutMs / 1000} s` : `exit code ${exit.code}`)
  return new StartFailure(`cannot set up the mesh: ${reason}`)
}
