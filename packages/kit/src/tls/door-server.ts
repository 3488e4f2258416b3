import { type Server, type ServerOptions, createServer } from 'node:http'
import { type Server as TlsServer, createServer as createTlsServer } from 'node:https'
import type { Registry } from '@prometheus-io/client'
import { ConfigFailure } from '../config.ts'
import type { Logger } from '../logger.ts'
import type { DoorConfig } from './door-config.ts'
import { type KeyPair, type KeyPairFiles, readKeyPair } from './pem-files.ts'
import { type TlsMetrics, createTlsMetrics } from './tls-metrics.ts'

/** What the server of a door is made of. */
export interface DoorServerParts {
  readonly config: DoorConfig
  readonly http: ServerOptions
  readonly log: Logger
  readonly registry: Registry
}

/** What every browser since 2015 has, with forward secrecy and authenticated encryption (RFC 9325). */
const MODERN = {
  minVersion: 'TLSv1.2',
  ciphers: [
    ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
    ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ].join(':'),
} as const

const HANDSHAKE_MS = 10_000

/**
 * The server of a door, not yet listening: over TLS where the configuration names a certificate, and
 * then with the one that stands in the files when a connection comes. A changed file that cannot be
 * used is logged and counted, and the certificate before it stays.
 * @throws ConfigFailure when the files cannot be used at the start
 */
export const createDoorServer = ({ config, http, log, registry }: DoorServerParts): Server => {
  const metrics = createTlsMetrics(registry)
  const files = filesOf(config)
  if (!files) return createServer(http)
  const pair = firstOf(files)
  const options = { ...http, ...MODERN, ALPNProtocols: ['http/1.1'] }
  const server = createTlsServer({
    ...options,
    cert: pair.cert,
    key: pair.key,
    handshakeTimeout: HANDSHAKE_MS,
  })
  server.on('tlsClientError', (error) => {
    metrics.handshakeFailed()
    log.debug({ err: error }, 'TLS handshake failed')
  })
  metrics.loaded(files.certFile, pair.expiresAt)
  const following = new Following({ server, files, metrics, log }, pair)
  const timer = setInterval(() => following.look(), config.tlsLookMs).unref()
  server.once('close', () => clearInterval(timer))
  return server
}

/** Whether a door with this configuration speaks TLS. */
export const speaksTls = ({ tlsCertFile }: DoorConfig): boolean => tlsCertFile !== ''

const filesOf = ({ tlsCertFile, tlsKeyFile }: DoorConfig): KeyPairFiles | undefined => {
  if ((tlsCertFile === '') !== (tlsKeyFile === ''))
    throw new ConfigFailure(['the files of a certificate and its key are set both or not at all'])
  return tlsCertFile === '' ? undefined : { certFile: tlsCertFile, keyFile: tlsKeyFile }
}

const firstOf = (files: KeyPairFiles): KeyPair => {
  try {
    return readKeyPair(files)
  } catch (error) {
    throw new ConfigFailure([sayOf(error)])
  }
}

const sayOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

interface Followed {
  readonly server: TlsServer
  readonly files: KeyPairFiles
  readonly metrics: TlsMetrics
  readonly log: Logger
}

/** Has a server present what stands in its files. */
class Following {
  readonly #followed: Followed
  #pair: KeyPair
  /** What was wrong at the last look, so that it is told once. */
  #fault = ''

  constructor(followed: Followed, pair: KeyPair) {
    this.#followed = followed
    this.#pair = pair
  }

  look(): void {
    const { files, log } = this.#followed
    try {
      this.#take(readKeyPair(files))
      this.#fault = ''
    } catch (error) {
      const fault = sayOf(error)
      if (fault === this.#fault) return
      this.#fault = fault
      this.#followed.metrics.refused()
      log.error({ fault }, `the certificate stays as it is: ${fault}`)
    }
  }

  #take(pair: KeyPair): void {
    const { cert, key, expiresAt } = pair
    if (cert === this.#pair.cert && key === this.#pair.key) return
    const { server, files, metrics, log } = this.#followed
    server.setSecureContext({ ...MODERN, cert, key })
    this.#pair = pair
    metrics.loaded(files.certFile, expiresAt)
    log.info({ expires: new Date(expiresAt).toISOString() }, 'a new certificate is presented')
  }
}
