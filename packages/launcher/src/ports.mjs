import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

import { portOwner } from './port-owner.mjs'
import { StartFailure } from './start-failure.mjs'

// Below what systems give to outgoing connections: none takes a port between choice and use.
const freeRange = { from: 20_000, count: 12_000 }

/**
 * The port a variable asks for, 0 meaning any free one. Fails (StartFailure) for what is not a
 * port.
 */
export function portSetting(env, name, standard) {
  const text = env[name] || `${standard}`
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new StartFailure(
    `${name} is "${text}". A port is a number from 0 to 65535, 0 meaning any free one.`,
  )
}

/**
 * The port itself, checked to be free, or a free one for 0. Fails (StartFailure) if it is in use:
 * `mend` says what to set instead. `host` is where the server will listen; all addresses by
 * default.
 */
export async function reservePort(port, { what, mend, host }) {
  if (port === 0) return freePort()
  if (await canListen(port, host)) return port
  const owner = portOwner(port)
  const by = owner ? `another process (${owner})` : 'another process'
  throw new StartFailure(`cannot start ${what}: port ${port} is in use by ${by}. ${mend}`)
}

/** The first free port from this one upward. */
export async function nextFreePort(port) {
  return (await canListen(port)) ? port : nextFreePort(port + 1)
}

function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** A port nobody listens on, and that nobody else is given here while this process runs. */
export async function freePort() {
  const port = freeRange.from + Math.floor(Math.random() * freeRange.count)
  return (await canListen(port)) && (await choose(port)) ? port : freePort()
}

// The sign that a port is chosen is the UDP port of its number: the system takes it back from a
// process that ends, however it does. Tests have the same sign.
function choose(port) {
  return new Promise((resolve) => {
    const sign = createSocket('udp4').unref()
    sign.once('error', () => sign.close(() => resolve(false)))
    sign.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
}
