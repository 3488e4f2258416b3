import { inboxPrefix } from '@meshboard/contracts'
import type { ConnectionOptions } from '@nats-io/transport-node'

/** Where the broker is, and as whom to connect. */
export interface BrokerOptions {
  /** `nats://` or `tls://` URLs of one cluster; the first one's user and password count when `user` is empty. */
  servers: readonly string[]
  /** Who connects; also names the private inbox. */
  service: string
  user: string
  password: string
  onFault: (error: Error) => void
}

/**
 * A server that stands still keeps its connections open: after three pings without an answer, about
 * six seconds, the next server is taken.
 */
const PING_MS = 2_000
const PINGS_MISSED_MAX = 2

/** The library's options for a service's connection. */
export const connectionOptions = ({
  servers,
  service,
  user,
  password,
}: Omit<BrokerOptions, 'onFault'>): ConnectionOptions => {
  const urls = servers.map((server) => new URL(server))
  const [first] = urls
  return {
    servers: urls.map((server) => server.host),
    user: user === '' ? decodeURIComponent(first?.username ?? '') : user,
    pass: user === '' ? decodeURIComponent(first?.password ?? '') : password,
    ...(urls.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
    name: service,
    inboxPrefix: inboxPrefix(service),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: PING_MS,
    maxPingOut: PINGS_MISSED_MAX,
    noAsyncTraces: true,
    ignoreAuthErrorAbort: true,
  }
}
