import { join } from 'node:path'

import { databaseRole, envName } from './names.mjs'
import { meshNode, sourceArgs, withOwnTools } from './node-runtime.mjs'
import { answersOk, faultsAt } from './probe.mjs'
import { databaseUrlFor } from './server-address.mjs'
import { doors } from './service-list.mjs'

const passed =
  /^(PATH|HOME|USER|TMPDIR|TZ|LANG|LC_\w+|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|OTEL_\w+)$/

/** How to run one service: a process of its own that knows its own passwords and nobody else's. */
export function serviceSpec({ workspace, name, env, opsPort }) {
  return {
    name,
    command: meshNode(workspace),
    args: [...sourceArgs, 'src/main.ts'],
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
 * database, redis }`, `ports` is `{ ops, door }`.
 */
export function serviceEnv({ workspace, name, urls, secrets, signingKey, ports }) {
  const prefix = `${envName(name)}_`
  const isOwn = ([variable]) => passed.test(variable) || variable.startsWith(prefix)
  const own = Object.fromEntries(Object.entries(withOwnTools(workspace)).filter(isOwn))
  return {
    ...(name === 'auth' ? { AUTH_SIGNING_KEY_FILES: signingKey } : {}),
    ...(name === 'edge' ? { EDGE_TICKET_SECRET: secrets.ticket } : {}),
    ...own,
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

function roleUrl(name, urls, secrets) {
  return databaseUrlFor(urls.database, {
    username: databaseRole(name),
    password: secrets.database[name],
  })
}
