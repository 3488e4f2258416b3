import { debianSource } from './debian-source.mjs'
import { findExecutable } from './executable.mjs'
import {
  checkExternalNats,
  checkExternalPostgres,
  checkExternalRedis,
} from './external-servers.mjs'
import { brokerFloor, findNats } from './nats-binary.mjs'
import { packagesAreInstalled } from './packages.mjs'
import { postgresPrograms } from './postgres-files.mjs'
import { findRedis } from './redis-binary.mjs'
import { StartFailure } from './start-failure.mjs'

/**
 * The findings about broker, database and Redis: those of the URLs given, else those a start would
 * use.
 */
export async function serverFindings(workspace) {
  const { NATS_URL, DATABASE_URL, REDIS_URL } = workspace.env
  return Promise.all([
    finding('nats', () => (NATS_URL ? checkExternalNats(NATS_URL) : ownNats(workspace))),
    finding('postgres', () =>
      DATABASE_URL ? checkExternalPostgres(DATABASE_URL) : ownPostgres(workspace),
    ),
    finding('redis', () => (REDIS_URL ? checkExternalRedis(REDIS_URL) : ownRedis(workspace))),
  ])
}

async function finding(name, look) {
  try {
    const found = await look()
    return typeof found === 'string' ? { kind: 'ok', name, text: found } : { name, ...found }
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error
    return { kind: 'bad', name, text: error.message }
  }
}

async function ownNats(workspace) {
  const found = await findNats(workspace)
  if (found) return describe(found)
  const ways = [
    hasDebian(workspace.env) && 'from Debian',
    findExecutable('go', workspace.env) && 'with Go',
  ]
  const mend = `set NATS_SERVER_BIN to a nats-server of ${brokerFloor} or newer, or NATS_URL`
  return toCome(ways, mend)
}

async function ownRedis(workspace) {
  const found = await findRedis(workspace)
  if (found) return describe(found)
  return toCome(
    [hasDebian(workspace.env) && 'from Debian'],
    'install Redis, or set REDIS_SERVER_BIN or REDIS_URL',
  )
}

function ownPostgres(workspace) {
  if (!packagesAreInstalled(workspace)) return { kind: 'note', text: 'comes with the packages' }
  const { version, folder } = postgresPrograms(workspace)
  return `${version} at ${folder}`
}

function describe({ version, path, from }) {
  return `${version} at ${path} (${from})`
}

function toCome(ways, mend) {
  const possible = ways.filter(Boolean)
  if (possible.length === 0) return { kind: 'bad', text: 'none here, and no way to get one', mend }
  return {
    kind: 'note',
    text: `none here yet; a start gets one ${possible.join(' or ')} (needs network)`,
  }
}

function hasDebian(env) {
  return Boolean(findExecutable('apt-get', env) && findExecutable('dpkg', env) && debianSource(env))
}
