import { StartFailure } from './start-failure.mjs'

const schemes = {
  NATS_URL: { port: 4222, schemes: ['nats', 'tls', 'ws', 'wss'] },
  DATABASE_URL: { port: 5432, schemes: ['postgres', 'postgresql'] },
  REDIS_URL: { port: 6379, schemes: ['redis', 'rediss'] },
}

/**
 * The parts of a server's URL: `{ host, port, username, password, database, scheme, place }`;
 * `place` is what may be printed of it, without the password. Fails (StartFailure) for a text that
 * is not such a URL.
 */
export function parseServerUrl(name, text) {
  const known = schemes[name]
  const url = URL.canParse(text) ? new URL(text) : undefined
  const scheme = url?.protocol.slice(0, -1)
  if (!url?.hostname || !known.schemes.includes(scheme)) {
    throw new StartFailure(
      `${name} is not a URL such as ${known.schemes[0]}://host:${known.port}. Correct it, or unset it to use the mesh's own server.`,
    )
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || known.port)
  return {
    scheme,
    host,
    port,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    place: `${host}:${port}`,
  }
}

/** The same database URL for another role. */
export function databaseUrlFor(text, { username, password }) {
  const url = new URL(text)
  url.username = username
  url.password = password
  return url.href
}
