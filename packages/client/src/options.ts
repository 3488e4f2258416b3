import { AUDIENCE, failure } from '@meshboard/contracts/client'
import { openSocket } from '#transport'
import type { Key } from './keys.ts'
import type { Transport } from './transports/transport.ts'

/** How a client proves who it is: with a key it signs for, or with an access token fetched when needed. */
export type Credentials = { key: Key } | { token: () => string | Promise<string> }

/** How a lost connection is sought again: full jitter between 0 and a delay that doubles. */
export interface ReconnectOptions {
  /** Upper bound of the first delay, milliseconds. Default 500. */
  initialMs?: number
  /** Upper bound of every delay the client chooses itself, milliseconds. Default 20 000. */
  maxMs?: number
  /** How long a connection must last until the delays start small again, milliseconds. Default 30 000. */
  stableMs?: number
}

/** What a client is made from. */
export interface ClientOptions {
  /** The edge's door, `ws://host:8081/ws/v1` or `wss://…`. */
  url: string
  credentials: Credentials
  /** The mesh a signature is meant for; must be the edge's own name. Default `AUDIENCE`. */
  audience?: string
  /** How long a call waits for its answer when it names no time, milliseconds. Default 10 000. */
  callTimeoutMs?: number
  /** From opening a socket to the edge's welcome, milliseconds; then the next try. Default 10 000. */
  welcomeTimeoutMs?: number
  /** From the welcome to the end of the login, milliseconds; then the next try. Default 10 000. */
  signInTimeoutMs?: number
  /** Calls that may wait for a connection; one more fails with `overloaded`. Default 1 000. */
  callsWaitingMax?: number
  /** Events a watch holds for a slow `for await`; see `Watch`. Default 1 000. */
  eventsBufferedMax?: number
  reconnect?: ReconnectOptions
  /** Opens sockets. Default: `ws` in Node.js, the platform's `WebSocket` under the condition `browser`. */
  transport?: Transport
}

/** The options with every default filled in. */
export type Settings = Required<Omit<ClientOptions, 'reconnect'>> & {
  reconnect: Required<ReconnectOptions>
}

/** Fills in the defaults. Fails `invalid` for a URL that is no WebSocket URL. */
export const toSettings = (options: ClientOptions): Settings => {
  if (!/^wss?:$/.test(URL.parse(options.url)?.protocol ?? '')) {
    throw failure('invalid', { message: `Not a WebSocket URL: ${JSON.stringify(options.url)}` })
  }
  return {
    audience: AUDIENCE,
    callTimeoutMs: 10_000,
    welcomeTimeoutMs: 10_000,
    signInTimeoutMs: 10_000,
    callsWaitingMax: 1_000,
    eventsBufferedMax: 1_000,
    transport: openSocket,
    ...options,
    reconnect: { initialMs: 500, maxMs: 20_000, stableMs: 30_000, ...options.reconnect },
  }
}
