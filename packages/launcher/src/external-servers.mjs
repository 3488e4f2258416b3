import { createRequire } from 'node:module'

import { checkBrokerVersion } from './nats-binary.mjs'
import { probeNats, probePostgres, probeRedis } from './probe-servers.mjs'
import { parseServerUrl } from './server-address.mjs'
import { StartFailure } from './start-failure.mjs'

const mend = (name) => `Correct ${name}, or unset it to use the mesh's own server.`

/**
 * Checks the broker at NATS_URL; answers `2.15.1 at host:4222`. Fails (StartFailure) if unreachable
 * or below the floor.
 */
export async function checkExternalNats(text) {
  const address = parseServerUrl('NATS_URL', text)
  if (address.scheme !== 'nats') return described(undefined, address)
  const info = await reached('NATS_URL', address, () => probeNats(address))
  checkBrokerVersion(info.version, `at ${address.place} (NATS_URL)`, mend('NATS_URL'))
  if (!info.jetstream)
    throw new StartFailure(
      `the NATS server at ${address.place} has no JetStream. ${mend('NATS_URL')}`,
    )
  return described(info.version, address)
}

/**
 * Checks the server at REDIS_URL; answers `7.0.15 at host:6379`. Fails (StartFailure) if
 * unreachable or refused.
 */
export async function checkExternalRedis(text) {
  const address = parseServerUrl('REDIS_URL', text)
  if (address.scheme !== 'redis') return described(undefined, address)
  return described(await reached('REDIS_URL', address, () => probeRedis(address)), address)
}

/**
 * Checks the database at DATABASE_URL, with its password and name once packages are installed;
 * answers `18.4 at host:5432`. Fails (StartFailure) if unreachable or refused.
 */
export async function checkExternalPostgres(text) {
  const address = parseServerUrl('DATABASE_URL', text)
  const driver = loadDriver()
  const ask = () => (driver ? serverVersion(driver, text) : probePostgres(address))
  return described(await reached('DATABASE_URL', address, ask), address)
}

function described(version, { place }) {
  return version ? `${version} at ${place}` : `at ${place}`
}

async function reached(name, { place }, ask) {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof StartFailure) throw error
    throw new StartFailure(
      `cannot use the server of ${name} (${place}): ${reasonOf(error)}. ${mend(name)}`,
    )
  }
}

async function serverVersion({ Client }, connectionString) {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // a server that goes away meanwhile fails the query below, too
  try {
    await client.connect()
    const { rows } = await client.query('show server_version')
    return rows[0].server_version.split(' ')[0]
  } finally {
    await client.end().catch(() => {})
  }
}

function loadDriver() {
  try {
    return createRequire(new URL('../../db/package.json', import.meta.url))('pg')
  } catch {
    return undefined
  }
}

const reasons = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  ECONNRESET: 'the connection was closed',
}

function reasonOf(error) {
  const first = error.errors?.[0] ?? error // several addresses tried: an AggregateError
  return reasons[first.code] ?? first.message.replace(/\.$/, '')
}
