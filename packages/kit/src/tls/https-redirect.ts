import { once } from 'node:events'
import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { Running } from '../broker/broker.ts'
import { ConfigFailure } from '../config.ts'
import type { Runtime, Task } from '../define-service.ts'
import type { DoorConfig } from './door-config.ts'

const HEADER_BYTES_MAX = 16_384
const REQUEST_MS = 5_000
const CONNECTIONS_MAX = 1_000

/**
 * Sends who comes by plain HTTP on to the same path by HTTPS, with 308, so that the method stays.
 * Only to the host that the configuration names, and only who asked for that host: nothing that a
 * client sends decides where somebody goes. Runs where a port is configured.
 * @throws ConfigFailure when a port is configured and no host
 */
export const httpsRedirect: Task<unknown, DoorConfig & { readonly host: string }> = {
  name: 'https-redirect',
  async start(runtime: Runtime<DoorConfig & { readonly host: string }>): Promise<Running> {
    const { host, redirectPort: port, publicHost } = runtime.config
    if (port === 0) return { stop: () => Promise.resolve() }
    if (publicHost === '')
      throw new ConfigFailure(['with a redirect port the public host must be set'])
    const server = redirecting(publicHost).listen(port, host)
    await once(server, 'listening')
    runtime.log.info({ host, port, to: `https://${publicHost}` }, 'plain HTTP is sent on to HTTPS')
    return { stop: () => closed(server) }
  },
}

const redirecting = (publicHost: string): Server => {
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    (request, response) => {
      request.resume()
      const path = pathFor(request, publicHost)
      const head = { connection: 'close', 'content-length': 0 }
      if (path === undefined) response.writeHead(421, head)
      else response.writeHead(308, { ...head, location: `https://${publicHost}${path}` })
      response.end()
    },
  )
  server.maxConnections = CONNECTIONS_MAX
  return server
}

/** The path that is asked for; none when it is asked of another host, or is no path. */
const pathFor = (
  { url = '', headers }: IncomingMessage,
  publicHost: string,
): string | undefined => {
  const isOurs = nameOf(headers.host ?? '') === nameOf(publicHost)
  return isOurs && url.startsWith('/') ? url : undefined
}

const nameOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, '')

const closed = async (server: Server): Promise<void> => {
  const end = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await end
}
