import { join } from 'node:path'

import { databaseRole, envName } from './names.mjs'
import { withOwnTools } from './node-runtime.mjs'
import { answersOk, faultsAt } from './probe.mjs'
import { programOf } from './program-of.mjs'
import { databaseUrlFor } from './server-address.mjs'
import { doors } from './service-list.mjs'

const passed =
  /^(PATH|HOME|USER|TMPDIR|TZ|LANG|LC_\w+|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|OTEL_\w+|NATS_(CA|CERT|KEY)_FILE|REDIS_CA_FILE)$/

/**
 * An edge that lets in a crowd would otherwise have its young garbage grow to 128 MiB, and keep that
 * for as long as it runs: 8 KiB for each of 3,000 sockets more than with 16 MiB a half.
 */
const edgeArgs = ['--max-semi-space-size=16']

/** How to run one service: a process of its own that knows its own passwords and nobody else's. */
export function serviceSpec({ workspace, name, env, opsPort }) {
  const nodeArgs = name === 'edge' ? edgeArgs : []
  return {
    name,
    ...programOf(workspace, { name, main: 'src/main.ts', nodeArgs }),
    cwd: join(workspace.root, 'services', name),
    env,
    logFile: join(workspace.log, `${name}.log`),
    ready: () => answersOk(`http://127.0.0.1:${opsPort}/readyz`),
    missing: () => faultsAt(`http://127.0.0.1:${opsPort}/readyz`),
    startMs: 30_000,
    deathsMax: 3,
  }
}

/**
 * The environment of one service: where the servers are, its own credentials, its ports, and of the
 * user's environment only what has the service's prefix or every process needs. `urls` is `{ nats,
 * database, redis, traces }`, `ports` is `{ ops, door }`.
 */
export function serviceEnv({ workspace, name, urls, secrets, signingKey, ports }) {
  const own = environmentFor(workspace, `${envName(name)}_`)
  const endpoint = own.OTEL_EXPORTER_OTLP_ENDPOINT || urls.traces
  return {
    ...(name === 'auth' ? { AUTH_SIGNING_KEY_FILES: signingKey } : {}),
    ...(name === 'edge' ? { EDGE_TICKET_SECRET: secrets.ticket } : {}),
    ...own,
    ...(endpoint ? { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } : {}),
    NATS_URL: urls.nats,
    NATS_USER: name,
    NATS_PASSWORD: secrets.nats[name],
    REDIS_URL: urls.redis,
    OPS_PORT: `${ports.ops}`,
    LOG_LEVEL: workspace.env.LOG_LEVEL || 'info',
    ...(doors[name]
      ? { [doors[name].variable]: `${ports.door}` }
      : { DATABASE_URL: roleUrl(name, urls, secrets) }),
  }
}

/** Of the user's environment, what every process needs and what has this prefix. */
export function environmentFor(workspace, prefix) {
  const isOwn = ([variable]) => passed.test(variable) || variable.startsWith(prefix)
  return Object.fromEntries(Object.entries(withOwnTools(workspace)).filter(isOwn))
}

function roleUrl(name, urls, secrets) {
  return databaseUrlFor(urls.database, {
    username: databaseRole(name),
    password: secrets.database[name],
  })
}
