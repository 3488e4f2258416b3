import { isIP } from 'node:net'
import { inboxPrefix } from '@meshboard/contracts'
import type { ConnectionOptions, TlsOptions } from '@nats-io/transport-node'
import { ConfigFailure } from '../config.ts'

/** PEM files for a connection over TLS; each may be empty. */
export interface BrokerTls {
  /** Who signs the broker's certificate; empty: whom the system trusts. */
  readonly caFile: string
  /** The certificate to show the broker, and its key. */
  readonly certFile: string
  readonly keyFile: string
}

/** Where the broker is, and as whom to connect. */
export interface BrokerOptions {
  /** `nats://` or `tls://` URLs of one cluster; the first one's user and password count when `user` is empty. */
  servers: readonly string[]
  /** Who connects; also names the private inbox. */
  service: string
  user: string
  password: string
  /** With a file named, or a `tls://` URL, there is no connection but over TLS. Read with each one. */
  tls?: BrokerTls
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
  tls,
}: Omit<BrokerOptions, 'onFault'>): ConnectionOptions => {
  const urls = servers.map((server) => new URL(server))
  const [first] = urls
  return {
    servers: urls.map((server) => server.host),
    user: user === '' ? decodeURIComponent(first?.username ?? '') : user,
    pass: user === '' ? decodeURIComponent(first?.password ?? '') : password,
    ...tlsOptions(urls, tls),
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

const NO_FILES: BrokerTls = { caFile: '', certFile: '', keyFile: '' }

const tlsOptions = (
  urls: readonly URL[],
  { caFile, certFile, keyFile }: BrokerTls = NO_FILES,
): { tls?: TlsOptions } => {
  const isWanted = urls.some(({ protocol }) => protocol === 'tls:')
  if (!isWanted && caFile === '' && certFile === '' && keyFile === '') return {}
  refuseAddresses(urls)
  if ((certFile === '') !== (keyFile === ''))
    throw new ConfigFailure(['NATS_CERT_FILE and NATS_KEY_FILE are set both or not at all'])
  return {
    tls: {
      ...(caFile !== '' && { caFile }),
      ...(certFile !== '' && { certFile, keyFile }),
    },
  }
}

/** Of a broker that is named by its address the library compares the certificate with "localhost". */
const refuseAddresses = (urls: readonly URL[]): void => {
  const address = urls.map(({ hostname }) => hostname.replace(/^\[|\]$/g, '')).find(isIP)
  if (address === undefined) return
  throw new ConfigFailure([
    `NATS_URL names the broker by its address ${address}: over TLS it is a host name, which its certificate must have`,
  ])
}
