import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SUBPROTOCOL } from '@meshboard/contracts'
import {
  type Running,
  type Runtime,
  type Task,
  createDoorServer,
  speaksTls,
  strictTransport,
} from '@meshboard/kit'
import { WebSocketServer } from 'ws'
import type { Config } from './config.ts'
import { Connection } from './connection.ts'
import type { Deps } from './deps.ts'
import { peerOf } from './peer.ts'
import { type Admitted, Refused, admit, answerRefusal } from './upgrade.ts'

const HEADER_BYTES_MAX = 16_384
const FRAGMENTS_MAX = 64
const CHUNKS_MAX = 1_024
/** Enough to know a door by; a token that stands in the wrong place does not fit. */
const PATH_LOGGED_MAX = 24
/** The part of the time for draining over which clients are asked to spread. */
const SPREAD = 0.7
const POLL_MS = 20
/** How much longer than that a socket may stay whose calls are not answered; then they are cut off. */
const ANSWERS_MS = 3_000

/** Opens the doors: takes upgrades, makes connections of them, and lets them go one by one at the end. */
export const door: Task<Deps, Config> = {
  name: 'door',
  async start(runtime: Runtime<Config>, deps: Deps): Promise<Running> {
    const { config, broker, log } = runtime
    const server = createHttpServer(runtime)
    const websockets = createWebSocketServer(config)
    server.on('upgrade', (request, socket: Socket, head: Buffer) => {
      const upgrade = { runtime, deps, websockets, request, socket, head }
      take(upgrade).catch((error: unknown) => refuse(upgrade, error))
    })
    server.listen(config.port, config.host)
    await once(server, 'listening')
    deps.port = (server.address() as AddressInfo).port
    log.info({ host: config.host, port: deps.port, tls: speaksTls(config) }, 'doors open')
    broker.onConnection((connected) => {
      const state = connected ? 'ok' : 'degraded'
      for (const connection of deps.connections) connection.send({ type: 'status', state })
    })
    const deaf = runtime.onRevoked((sessionId) => {
      for (const connection of deps.connections)
        if (connection.login.sessionId === sessionId) connection.close('revoked')
    })
    return {
      stop() {
        deaf()
        return drain(server, runtime, deps)
      },
    }
  },
}

const createHttpServer = ({ config, log, metrics }: Runtime<Config>): Server => {
  const http = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: config.firstFrameMs,
    requestTimeout: config.firstFrameMs,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 1_000,
  }
  return createDoorServer({ config, http, log, registry: metrics.registry }).on(
    'request',
    (request, response) => {
      request.resume()
      const head = { connection: 'close', upgrade: 'websocket' }
      response.writeHead(426, { ...head, ...strictTransport(request, config) }).end()
    },
  )
}

/** Every limit of the library stands here: its own defaults are 100 MiB and more. */
const createWebSocketServer = (config: Config): WebSocketServer => {
  const limits = {
    maxPayload: config.frameInBytesMax,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: CHUNKS_MAX,
    closeTimeout: config.closeHandshakeMs,
  }
  return new WebSocketServer({
    ...limits,
    noServer: true,
    clientTracking: false,
    // A ping costs its sender as much as a frame: `Inbox` answers.
    autoPong: false,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  }).on('headers', (headers, request) => {
    for (const [name, value] of Object.entries(strictTransport(request, config)))
      headers.push(`${name}: ${value}`)
  })
}

interface Upgrade {
  runtime: Runtime<Config>
  deps: Deps
  websockets: WebSocketServer
  request: IncomingMessage
  socket: Socket
  head: Buffer
}

const take = async (upgrade: Upgrade): Promise<void> => {
  const { runtime, deps, request, socket } = upgrade
  const onFault = (error: Error) => runtime.log.debug({ err: error }, 'socket fault')
  socket.on('error', onFault)
  const admitted = await admit(request, { runtime, deps })
  try {
    if (open(upgrade, admitted)) socket.off('error', onFault)
  } catch (error) {
    deps.admission.leave({ isStranger: true })
    throw error
  }
}

/** Whether there is a connection now. */
const open = (upgrade: Upgrade, { door: at, login }: Admitted): boolean => {
  const { runtime, deps, websockets, request, socket, head } = upgrade
  const opened: Connection[] = []
  // The greeting leaves with the answer to the upgrade.
  deps.turn.join(socket)
  websockets.handleUpgrade(request, socket, head, (websocket) => {
    const peer = peerOf(request, runtime.config.trustedHops)
    const connection = new Connection({ websocket, socket, door: at, peer, runtime, deps })
    opened.push(connection)
    deps.metrics.upgradesAccepted.inc({ door: at.path })
    connection.login.greet(login)
  })
  if (opened.length === 0) deps.admission.leave({ isStranger: true })
  return opened.length > 0
}

/** One line for each attempt that came to nothing; never with a token, which stands in the URL. */
const refuse = ({ runtime, deps, request, socket }: Upgrade, error: unknown): void => {
  const refused = error instanceof Refused ? error : new Refused(500, 'fault')
  const { status } = refused
  const path = (request.url ?? '').split('?')[0]?.slice(0, PATH_LOGGED_MAX)
  const { address } = peerOf(request, runtime.config.trustedHops)
  const line = { status, path, address }
  if (error instanceof Refused)
    runtime.log.info({ ...line, reason: error.message }, 'upgrade refused')
  else runtime.log.error({ ...line, err: error }, 'upgrade failed')
  deps.metrics.upgradesRefused.inc({ status: String(status) })
  const headers = strictTransport(request, runtime.config)
  answerRefusal(socket, { status, retryAfterMs: refused.retryAfterMs, headers })
}

/** Lets nobody in, asks everybody to move on at a moment of their own, and closes who is left. */
const drain = async (
  ...[server, { config }, { admission, connections, metrics }]: [Server, Runtime<Config>, Deps]
): Promise<void> => {
  admission.close()
  metrics.goingAway.inc(connections.size)
  for (const connection of connections) {
    connection.drain(Math.random() * config.drainMs * SPREAD, config.drainMs)
  }
  const closed = once(server, 'close')
  const until = Date.now() + config.drainMs + ANSWERS_MS + config.closeHandshakeMs
  while (connections.size > 0 && Date.now() < until) await sleep(POLL_MS)
  for (const connection of connections) connection.terminate()
  server.close()
  server.closeAllConnections()
  await closed
}
