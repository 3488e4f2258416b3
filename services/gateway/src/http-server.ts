import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { ConfigFailure, type Running, type Runtime, type Task, speaksTls } from '@meshboard/kit'
import { createApp } from './app.ts'
import type { GatewayConfig } from './config.ts'
import type { Deps } from './deps.ts'

/** How often a stopping server looks for connections that have become idle. */
const IDLE_CHECK_MS = 50
/** A connection that waits is accepted in one turn of the event loop, and read in the next. */
const TURNS = 3

/**
 * Listens until the service stops. Then it goes on for a while, so that whoever sends requests here
 * sees that it is not ready any more, and asks each client to use another connection; at last it
 * answers what is in hand and closes.
 */
export const httpServer: Task<Deps, GatewayConfig> = {
  name: 'http-server',
  async start(runtime: Runtime<GatewayConfig>, { server, attempts }): Promise<Running> {
    const { config, log } = runtime
    // Koa's handler answers or logs whatever happens: its promise never fails.
    const handle = createApp({ runtime, attempts }).callback()
    server.on('request', (request, response) => void handle(request, response))
    await listening(server, config)
    const { port } = server.address() as AddressInfo
    const scheme = speaksTls(config) ? 'https' : 'http'
    log.info({ url: `${scheme}://${config.host}:${port}` }, 'the door is open')
    return {
      async stop() {
        await drain(server, config.drainMs)
        await closing(server, config.stopGraceMs)
      },
    }
  },
}

const listening = (server: Server, { host, port }: GatewayConfig): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? inUse(host, port) : error),
    )
    server.listen(port, host, () => resolve())
  })

const inUse = (host: string, port: number) =>
  new ConfigFailure([`port ${port} of ${host} is in use: end what uses it, or set GATEWAY_PORT`])

/** A connection that is closed while its client sends the next request would lose that request. */
const drain = async (server: Server, drainMs: number): Promise<void> => {
  server.prependListener('request', (_request, response) => {
    response.setHeader('connection', 'close')
  })
  await sleep(drainMs)
  // Whoever has come by now is taken in, and what has arrived is read, before anything is closed.
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn()
}

const closing = async (server: Server, graceMs: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // After reading: a timer comes before what has arrived.
  const closeIdle = () => setImmediate(() => server.closeIdleConnections())
  const idle = setInterval(closeIdle, IDLE_CHECK_MS)
  const grace = new AbortController()
  await Promise.race([closed, sleep(graceMs, undefined, grace).catch(() => {})])
  grace.abort()
  clearInterval(idle)
  server.closeAllConnections()
  await closed
}
