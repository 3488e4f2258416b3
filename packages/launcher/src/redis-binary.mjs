import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { exclusively } from './claim-file.mjs'
import { downloadDebian } from './debian-download.mjs'
import { hostSuite } from './debian-source.mjs'
import { findExecutable } from './executable.mjs'
import { lastLines, runCommand } from './run-command.mjs'
import { StartFailure } from './start-failure.mjs'
import { versionIn } from './version.mjs'

const packages = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2', 'libatomic1']
// A minimal Debian lacks it, and later suites renamed it.
const opensslOf = { bookworm: 'libssl3' }
const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch]

/**
 * A Redis (or Valkey) server: `{ path, version, from, env }`, where `env` is what it needs to find
 * its libraries. In this order: REDIS_SERVER_BIN, one on the PATH, one downloaded before, the one
 * of the machine's own Debian suite, that of bookworm. Fails (StartFailure) if none can be had.
 */
export async function ensureRedis(workspace, report) {
  const lock = join(workspace.servers, 'redis.lock')
  return (
    (await findRedis(workspace)) ??
    report.download(() =>
      exclusively(lock, async () => (await findRedis(workspace)) ?? fetchRedis(workspace)),
    )
  )
}

/** The same without downloading: undefined if none is here yet. */
export async function findRedis({ env, servers }) {
  if (env.REDIS_SERVER_BIN) return named(env.REDIS_SERVER_BIN)
  const places = [
    { from: 'PATH', path: findExecutable('redis-server', env), env: {} },
    { from: 'PATH', path: findExecutable('valkey-server', env), env: {} },
    ...suitesToTry().map((suite) => unpacked(servers, suite)),
  ]
  for (const place of places) {
    const version = place.path && existsSync(place.path) && (await versionOf(place))
    if (version) return { ...place, version }
  }
  return undefined
}

async function named(path) {
  const version = await versionOf({ path, env: {} })
  if (version) return { path, version, from: 'REDIS_SERVER_BIN', env: {} }
  throw new StartFailure(
    `REDIS_SERVER_BIN=${path} is not a Redis that runs here. Correct it, or unset it.`,
  )
}

async function versionOf(place) {
  const { ok, stdout } = await askVersion(place)
  return ok ? versionIn(stdout) : undefined
}

function askVersion({ path, env }) {
  return runCommand(path, ['--version'], {
    env: { PATH: '/usr/bin:/bin', ...env },
    timeoutMs: 10_000,
  })
}

async function fetchRedis(workspace) {
  const reasons = []
  for (const suite of suitesToTry()) {
    try {
      const folder = folderOf(workspace.servers, suite)
      const wanted = [...packages, opensslOf[suite] ?? 'libssl3t64']
      await downloadDebian(workspace.env, { suite, packages: wanted, folder })
      const found = await findRedis(workspace)
      if (found) return found
      const { text } = await askVersion(unpacked(workspace.servers, suite))
      reasons.push(`the one of Debian ${suite} does not run here (${lastLines(text, 1)})`)
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error
      reasons.push(error.message)
    }
  }
  throw new StartFailure(
    `cannot download redis-server: ${reasons[0]}. Check the network, or install Redis, or set REDIS_SERVER_BIN or REDIS_URL.`,
  )
}

function suitesToTry() {
  return [...new Set([hostSuite() ?? 'bookworm', 'bookworm'])]
}

function unpacked(servers, suite) {
  const folder = folderOf(servers, suite)
  const libraries = [`usr/lib/${triplet}`, `lib/${triplet}`].map((path) => join(folder, path))
  return {
    from: `Debian ${suite}`,
    path: join(folder, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: libraries.join(':') },
  }
}

function folderOf(servers, suite) {
  return join(servers, `redis-${suite}`)
}
