import { join } from 'node:path'

import { exclusively } from './claim-file.mjs'
import { downloadDebian } from './debian-download.mjs'
import { findExecutable, isExecutable } from './executable.mjs'
import { lastLines, runCommand } from './run-command.mjs'
import { StartFailure } from './start-failure.mjs'
import { isOlder, versionIn } from './version.mjs'

/** The oldest broker the mesh runs on: older ones ignore message TTL or have known holes. */
export const brokerFloor = '2.12.12'

const suites = ['sid', 'forky']
const goModule = `github.com/nats-io/nats-server/v2@v${brokerFloor}`

/**
 * A nats-server at or above the floor: `{ path, version, from }`. In this order: NATS_SERVER_BIN,
 * one on the PATH, one downloaded before, Debian's, one built with Go. Fails (StartFailure) if none
 * can be had, or if NATS_SERVER_BIN names one below the floor.
 */
export async function ensureNats(workspace, report) {
  const lock = join(workspace.servers, 'nats.lock')
  return (
    (await findNats(workspace)) ??
    report.download(() =>
      exclusively(lock, async () => (await findNats(workspace)) ?? fetchNats(workspace)),
    )
  )
}

/** The same without downloading: undefined if none is here yet. */
export async function findNats({ env, servers }) {
  if (env.NATS_SERVER_BIN) return named(env.NATS_SERVER_BIN)
  const places = [
    ['PATH', findExecutable('nats-server', env)],
    ...suites.map((suite) => [
      `Debian ${suite}`,
      join(folderOf(servers, suite), 'usr/sbin/nats-server'),
    ]),
    ['Go', join(servers, 'go', 'nats-server')],
  ]
  for (const [from, path] of places) {
    const version = path && isExecutable(path) && (await versionOf(path))
    if (version && !isOlder(version, brokerFloor)) return { path, version, from }
  }
  return undefined
}

/** Fails (StartFailure) for a broker below the floor; `how` says how to mend it. */
export function checkBrokerVersion(version, where, how) {
  if (!isOlder(version, brokerFloor)) return
  throw new StartFailure(
    `the nats-server ${where} is ${version}, the mesh needs ${brokerFloor} or newer. ${how}`,
  )
}

async function named(path) {
  const version = await versionOf(path)
  if (!version)
    throw new StartFailure(
      `NATS_SERVER_BIN=${path} is not a nats-server that runs here. Correct it, or unset it.`,
    )
  checkBrokerVersion(
    version,
    `at ${path} (NATS_SERVER_BIN)`,
    'Point NATS_SERVER_BIN to a newer one, or unset it.',
  )
  return { path, version, from: 'NATS_SERVER_BIN' }
}

async function versionOf(path) {
  const result = await runCommand(path, ['-v'], { timeoutMs: 10_000 })
  return result.ok ? versionIn(result.stdout) : undefined
}

async function fetchNats(workspace) {
  const reasons = []
  const ways = [
    ...suites.map((suite) => () => fromDebian(workspace, suite)),
    () => fromGo(workspace),
  ]
  for (const way of ways) {
    try {
      await way()
      const found = await findNats(workspace)
      if (found) return found
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error
      reasons.push(error.message)
    }
  }
  const why = reasons[0] ?? `what it offers is older than ${brokerFloor}`
  throw new StartFailure(
    `cannot download nats-server: ${why}. Check the network, or set NATS_SERVER_BIN to a nats-server of ${brokerFloor} or newer.`,
  )
}

function fromDebian(workspace, suite) {
  const folder = folderOf(workspace.servers, suite)
  return downloadDebian(workspace.env, { suite, packages: ['nats-server'], folder })
}

async function fromGo({ env, servers }) {
  const go = findExecutable('go', env)
  if (!go) return
  const result = await runCommand(go, ['install', goModule], {
    env: { ...env, GOBIN: join(servers, 'go') },
  })
  if (!result.ok) throw new StartFailure(lastLines(result.text, 1))
}

function folderOf(servers, suite) {
  return join(servers, `nats-${suite}`)
}
