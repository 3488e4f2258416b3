import { existsSync } from 'node:fs'
import { join } from 'node:path'

import {
  checkExternalNats,
  checkExternalPostgres,
  checkExternalRedis,
} from './external-servers.mjs'
import { ensureNats } from './nats-binary.mjs'
import { portSetting, reservePort } from './ports.mjs'
import { superuser } from './postgres-data.mjs'
import { postgresDataFolder, postgresPrograms } from './postgres-files.mjs'
import { ensureRedis } from './redis-binary.mjs'
import { natsSpec, postgresSpec, redisSpec } from './server-specs.mjs'
import { StartFailure } from './start-failure.mjs'

const host = '127.0.0.1'

/**
 * The port of each server that is to be started, checked to be free: `{ nats, natsMonitor,
 * postgres, redis }`, without those whose URL is given. Fails (StartFailure) if one is in use.
 */
export async function reserveServerPorts({ env }) {
  const ports = {}
  if (!env.NATS_URL) {
    ports.nats = await serverPort(env, 'nats', 'NATS', 4222, 'NATS_URL')
    const standard = portSetting(env, 'NATS_PORT', 4222) === 0 ? 0 : 8222
    const wanted = portSetting(env, 'NATS_MONITOR_PORT', standard)
    const mend = 'Set NATS_MONITOR_PORT.'
    ports.natsMonitor = await reservePort(wanted, { what: "nats' monitoring", mend, host })
  }
  if (!env.DATABASE_URL)
    ports.postgres = await serverPort(env, 'postgres', 'POSTGRES', 5432, 'DATABASE_URL')
  if (!env.REDIS_URL) ports.redis = await serverPort(env, 'redis', 'REDIS', 6379, 'REDIS_URL')
  return ports
}

/** The broker: started, or the one of NATS_URL checked. Answers `{ url, text }`. */
export async function openNats({ workspace, report, group, secrets, ports }) {
  const url = workspace.env.NATS_URL
  if (url) return { url, text: await checkExternalNats(url) }
  const config = workspace.env.MESH_NATS_CONFIG || join(workspace.root, 'deploy/nats/server.conf')
  if (!existsSync(config)) throw new StartFailure(`cannot start nats: there is no ${config}.`)
  const binary = await ensureNats(workspace, report)
  const spec = natsSpec({
    binary,
    config,
    port: ports.nats,
    monitorPort: ports.natsMonitor,
    folder: join(workspace.data, 'nats'),
    passwords: secrets.nats,
    logFile: join(workspace.log, 'nats.log'),
  })
  await group.start('server', spec)
  return { url: `nats://${host}:${ports.nats}`, text: `${binary.version} on :${ports.nats}` }
}

/**
 * The database: started, or the one of DATABASE_URL checked. Answers `{ url, text }`, `url` with
 * the admin's password.
 */
export async function openPostgres({ workspace, group, secrets, ports }) {
  const url = workspace.env.DATABASE_URL
  if (url) return { url, text: await checkExternalPostgres(url) }
  const programs = postgresPrograms(workspace)
  const spec = await postgresSpec({
    programs,
    port: ports.postgres,
    folder: postgresDataFolder(workspace),
    password: secrets.postgres,
    durable: true,
    connectionsMax: 200,
    logFile: join(workspace.log, 'postgres.log'),
  })
  await group.start('database', spec)
  return {
    url: `postgres://${superuser}:${secrets.postgres}@${host}:${ports.postgres}/${superuser}`,
    text: `${programs.version} on :${ports.postgres}`,
  }
}

/**
 * Redis: started, or the one of REDIS_URL checked. Answers `{ url, text }`, `url` with the
 * password.
 */
export async function openRedis({ workspace, report, group, secrets, ports }) {
  const url = workspace.env.REDIS_URL
  if (url) return { url, text: await checkExternalRedis(url) }
  const binary = await ensureRedis(workspace, report)
  const spec = redisSpec({
    binary,
    port: ports.redis,
    folder: join(workspace.data, 'redis'),
    password: secrets.redis,
    durable: true,
    logFile: join(workspace.log, 'redis.log'),
  })
  await group.start('server', spec)
  return {
    url: `redis://:${secrets.redis}@${host}:${ports.redis}`,
    text: `${binary.version} on :${ports.redis}`,
  }
}

async function serverPort(env, what, prefix, standard, urlName) {
  const port = portSetting(env, `${prefix}_PORT`, standard)
  const mend = `Set ${prefix}_PORT, or ${urlName} to use that server.`
  return reservePort(port, { what, mend, host })
}
