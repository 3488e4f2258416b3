import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** What is measured of a door's TLS. */
export interface TlsMetrics {
  /** A certificate is presented from now on; milliseconds since 1970. */
  readonly loaded: (file: string, expiresAt: number) => void
  /** A file that has changed is not taken. */
  readonly refused: () => void
  readonly handshakeFailed: () => void
}

/** Registers the measurements; without TLS there is no time of expiry, and the counters stay 0. */
export const createTlsMetrics = (registry: Registry): TlsMetrics => {
  const registers = [registry]
  const expires = new Gauge({
    name: 'mesh_tls_certificate_expires_timestamp_seconds',
    help: 'When the certificate that is presented expires, seconds since 1970.',
    labelNames: ['file'],
    registers,
  })
  const loads = new Counter({
    name: 'mesh_tls_certificate_loads_total',
    help: 'Certificates taken from their files, and such as were not.',
    labelNames: ['outcome'],
    registers,
  })
  const failed = new Counter({
    name: 'mesh_tls_handshakes_failed_total',
    help: 'Connections whose TLS handshake came to nothing.',
    registers,
  })
  for (const outcome of ['loaded', 'refused']) loads.inc({ outcome }, 0)
  return {
    loaded(file, expiresAt) {
      expires.set({ file }, expiresAt / 1_000)
      loads.inc({ outcome: 'loaded' })
    },
    refused: () => loads.inc({ outcome: 'refused' }),
    handshakeFailed: () => failed.inc(),
  }
}
