import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { envName } from './names.mjs'
import { openPostgresData } from './postgres-data.mjs'
import { probeNats, probePostgres, probeRedis } from './probe-servers.mjs'

const host = '127.0.0.1'
const base = { cwd: '/', deathsMax: 1, startMs: 20_000 }
const plainEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
const notDurable = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/**
 * How to run the broker: one user a service, each with its password, as the configuration file
 * says.
 */
export function natsSpec({ binary, config, port, monitorPort, folder, passwords, logFile }) {
  mkdirSync(folder, { recursive: true })
  const users = Object.entries(passwords).map(([user, password]) => [
    `NATS_PASSWORD_${envName(user)}`,
    password,
  ])
  const env = {
    ...plainEnv,
    NATS_PORT: `${port}`,
    NATS_MONITOR_PORT: `${monitorPort}`,
    NATS_STORE_DIR: asConfigValue(folder),
    ...Object.fromEntries(users),
  }
  const ready = () => answered(probeNats({ host, port }))
  return { ...base, name: 'nats', command: binary.path, args: ['-c', config], env, logFile, ready }
}

/**
 * How to run Postgres, after making its data folder if there is none. `options` is
 * `{ programs, port, folder, password, durable, connectionsMax, logFile }`; `durable: false` trades
 * safety for speed. It stops on SIGINT even while clients are connected, and so does a death
 * signal. Fails as openPostgresData does.
 */
export async function postgresSpec(options) {
  const { programs, port, folder, logFile } = options
  const uid = await openPostgresData(folder, options)
  return {
    ...base,
    name: 'postgres',
    command: join(programs.folder, 'bin/postgres'),
    args: ['-D', folder, '-p', `${port}`, ...asArguments(postgresSettings(options))],
    env: plainEnv,
    uid,
    logFile,
    startMs: 60_000, // after a crash it reads its log first
    ready: () => answered(probePostgres({ host, port })),
    stopSignal: 'SIGINT',
    deathSignal: 'INT',
  }
}

/**
 * How to run Redis: its configuration goes in through stdin, so that the password is in no process
 * list.
 */
export function redisSpec({ binary, port, folder, password, durable, logFile }) {
  mkdirSync(folder, { recursive: true })
  const input = [
    `bind ${host}`,
    `port ${port}`,
    `dir "${folder}"`,
    `requirepass ${password}`,
    `appendonly ${durable ? 'yes' : 'no'}`,
    'save ""',
    '',
  ].join('\n')
  return {
    ...base,
    name: 'redis',
    command: binary.path,
    args: ['-'],
    env: { ...plainEnv, ...binary.env },
    input,
    logFile,
    ready: () => answered(probeRedis({ host, port, password })),
  }
}

function postgresSettings({ connectionsMax, durable }) {
  return {
    listen_addresses: host,
    unix_socket_directories: '',
    max_connections: connectionsMax,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : notDurable),
  }
}

function asArguments(settings) {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

// The configuration reads variables as values of its own syntax: quoted unless plain.
function asConfigValue(path) {
  return /^[\w/.-]+$/.test(path) ? path : JSON.stringify(path)
}

function answered(probe) {
  return probe.then(
    () => true,
    () => false,
  )
}
