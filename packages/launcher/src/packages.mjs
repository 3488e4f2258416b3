import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { exclusively } from './claim-file.mjs'
import { findExecutable } from './executable.mjs'
import { lastLines, runCommand } from './run-command.mjs'
import { StartFailure } from './start-failure.mjs'

const inputs = ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml']
const keptSettings =
  /^npm_config_(registry|cache|userconfig|globalconfig|cafile|(https_?)?proxy|noproxy|strict_ssl)$/i
const noAnswer =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|META_FETCH|dns error|error sending request|network/i

/**
 * Installs what the lockfile names, unless that has been done already, and answers what it did. Two
 * launchers that begin at once install once. Fails (StartFailure) in one line without network.
 */
export async function ensurePackages(workspace, report) {
  if (packagesAreInstalled(workspace)) return 'unchanged'
  return exclusively(join(workspace.shared, 'packages.lock'), async () => {
    if (packagesAreInstalled(workspace)) return 'unchanged'
    report.line('installing packages; the first time takes about half a minute')
    await report.download(() => install(workspace))
    writeFileSync(stampFile(workspace), stamp(workspace))
    return 'installed'
  })
}

/** Links a workspace package that is new, and writes it into the lockfile. Fails like `ensurePackages`. */
export async function relinkPackages(workspace, report) {
  return exclusively(join(workspace.shared, 'packages.lock'), async () => {
    await report.download(() => install(workspace, ['--no-frozen-lockfile', '--prefer-offline']))
    writeFileSync(stampFile(workspace), stamp(workspace))
  })
}

/**
 * Whether node_modules is what the lockfile asks for. A root without a lockfile has nothing to
 * install.
 */
export function packagesAreInstalled(workspace) {
  if (!existsSync(join(workspace.root, 'pnpm-lock.yaml'))) return true
  const file = stampFile(workspace)
  return existsSync(file) && readFileSync(file, 'utf8') === stamp(workspace)
}

async function install(workspace, how = ['--frozen-lockfile']) {
  const npx = findExecutable('npx', workspace.env)
  if (!npx)
    throw new StartFailure(
      'cannot install packages: npx is not on the PATH. Install npm, which brings it.',
    )
  const args = ['--yes', pnpmOf(workspace), 'install', ...how, '--reporter=append-only']
  const env = { ...withoutNpmRun(workspace.env), ...shortRetries }
  const result = await runCommand(npx, args, { cwd: workspace.root, env })
  mkdirSync(workspace.log, { recursive: true })
  writeFileSync(join(workspace.log, 'packages.log'), result.text)
  if (!result.ok) throw installFailure(result.text)
}

function installFailure(text) {
  if (noAnswer.test(text)) {
    return new StartFailure(
      'cannot install packages: the package registry does not answer. Check the network and `npm ping`, then try again.',
    )
  }
  return new StartFailure('cannot install packages: pnpm failed, its last lines are above.', {
    tail: lastLines(text),
  })
}

const shortRetries = {
  npm_config_fetch_retries: '2',
  npm_config_fetch_retry_mintimeout: '500',
  npm_config_fetch_retry_maxtimeout: '3000',
  pnpm_config_fetch_retries: '2',
  pnpm_config_fetch_retry_mintimeout: '500',
  pnpm_config_fetch_retry_maxtimeout: '3000',
}

/**
 * The environment without what `npm run` adds to it: settings for one script, not for a package
 * manager.
 */
function withoutNpmRun(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || keptSettings.test(name)),
  )
}

function pnpmOf({ root }) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
}

function stampFile({ root }) {
  return join(root, 'node_modules', '.meshboard-packages')
}

function stamp({ root }) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  for (const name of inputs) hash.update(readFileSync(join(root, name)))
  return hash.digest('hex')
}
