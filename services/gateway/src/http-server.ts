import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running, Runtime, Task } from '@meshboard/kit'
import { createApp } from './app.ts'
import type { GatewayConfig } from './config.ts'
import type { Deps } from './deps.ts'

/** How often a stopping server looks for connections that have become idle. */
const IDLE_CHECK_MS = 50

/** Listens until the service stops; then answers what is in hand and closes. */
export const httpServer: Task<Deps, GatewayConfig> = {
  name: 'http-server',
  async start(runtime: Runtime<GatewayConfig>, { server, attempts }): Promise<Running> {
    const { config, log } = runtime
    // Koa's handler answers or logs whatever happens: its promise never fails.
    const handle = createApp({ runtime, attempts }).callback()
    server.on('request', (request, response) => void handle(request, response))
    await listening(server, config)
    const { port } = server.address() as AddressInfo
    log.info({ url: `http://${config.host}:${port}` }, 'the door is open')
    return { stop: () => closing(server, config.stopGraceMs) }
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
  new Error(`port ${port} of ${host} is in use: end what uses it, or set GATEWAY_PORT`)

const closing = async (server: Server, graceMs: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const grace = new AbortController()
  await Promise.race([closed, sleep(graceMs, undefined, grace).catch(() => {})])
  grace.abort()
  clearInterval(idle)
  server.closeAllConnections()
  await closed
}
