import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type ClientFrame,
  type ClientFrameOf,
  type Failure,
  SUBPROTOCOL,
} from '@meshboard/contracts'
import { WebSocketServer } from 'ws'
import { TestSession } from './test-session.ts'
import { TestStream } from './test-stream.ts'

export { startTestGateway, type TestGateway } from './test-gateway.ts'

type Handler = (data: never) => unknown

/** An edge of one user, for tests without a mesh: speaks the protocol, does what the test says. */
export class TestEdge {
  readonly keys = new Set<string>()
  readonly tokens = new Set<string>()
  readonly procedures: Record<string, Handler> = {}
  readonly sessions = new Set<TestSession>()
  /** What clients sent, message by message; a batch is one message. */
  readonly messages: ClientFrame[][] = []
  /** What the next subscriptions are refused with. */
  readonly refusals: Failure[] = []
  /** Takes sockets and says nothing. */
  mute = false
  /** What it gives for coming back; none when not set. */
  ticket: string | undefined
  pingIntervalMs = 25_000
  reconnectWindowMs = 20
  readonly limits = {
    frame_in_bytes: 65_536,
    frame_out_bytes: 262_144,
    subscriptions: 256,
    calls_in_flight: 50,
    connections_per_user: 10,
    operations_per_second: 100,
    operations_burst: 200,
    first_frame_ms: 5_000,
    silence_ms: 60_000,
    write_deadline_ms: 10_000,
    close_handshake_ms: 3_000,
    outbound_bytes: 1 << 20,
    outbound_high_bytes: 262_144,
    replay_events: 10_000,
  }
  readonly #streams = new Map<string, TestStream>()
  #server: { http: Server; sockets: WebSocketServer } | undefined
  #port = 0

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/ws/v1`
  }

  get session(): TestSession {
    const [session] = this.sessions
    if (!session) throw new Error('nobody is connected')
    return session
  }

  /** Listens; after `stop`, again on the same port. */
  async start(): Promise<void> {
    const http = createServer()
    const handleProtocols = (offered: Set<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL
    const sockets = new WebSocketServer({ server: http, path: '/ws/v1', handleProtocols })
    sockets.on('connection', (socket) => this.sessions.add(new TestSession(this, socket)))
    http.listen(this.#port, '127.0.0.1')
    await once(http, 'listening')
    this.#port = (http.address() as AddressInfo).port
    this.#server = { http, sockets }
  }

  /** Cuts every socket and stops listening. */
  async stop(): Promise<void> {
    if (!this.#server) return
    const { http, sockets } = this.#server
    this.#server = undefined
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    http.close()
    await once(http, 'close')
  }

  stream(channel: string): TestStream {
    const stream = this.#streams.get(channel) ?? new TestStream(channel)
    this.#streams.set(channel, stream)
    return stream
  }

  /** Stores an event and sends it to who watches; `lost`: it is stored, and sent to nobody. */
  publish(channel: string, data: unknown, { event = 'credited', lost = false } = {}): void {
    const frame = this.stream(channel).add(event, data)
    if (lost) return
    for (const session of this.sessions) {
      if (session.watching.has(channel)) session.send(frame)
    }
  }

  /** The frames of one type that clients have sent so far. */
  received<T extends ClientFrame['type']>(type: T): ClientFrameOf<T>[] {
    return this.messages.flat().filter((frame): frame is ClientFrameOf<T> => frame.type === type)
  }
}

/** A test edge that listens on a port of its own. Whoever starts it stops it. */
export const startTestEdge = async (): Promise<TestEdge> => {
  const edge = new TestEdge()
  await edge.start()
  return edge
}
