import type { BrokerTls } from './broker/connection-options.ts'
import {
  type ConfigOf,
  choice,
  defineConfig,
  fraction,
  integer,
  secret,
  text,
  urls,
} from './config.ts'
import { certificateFile, privateKeyFile, trustFile } from './tls/pem-files.ts'

/** Below `max_deliver` of the durables, so that the kit gives up before the broker does. */
const ATTEMPTS_MAX = 100

/** What every service can be told. */
export const baseConfig = defineConfig({
  natsUrls: urls({
    env: 'NATS_URL',
    meaning: 'The broker: one server, or several of one cluster with commas between.',
    default: 'nats://127.0.0.1:4222',
    schemes: ['nats:', 'tls:'],
  }),
  natsUser: text({
    env: 'NATS_USER',
    meaning: "The service's broker user, with NATS_PASSWORD; empty: the service's name.",
    default: '',
  }),
  natsPassword: secret({
    env: 'NATS_PASSWORD',
    meaning: "The broker user's password; empty: user and password of NATS_URL.",
    default: '',
  }),
  natsCaFile: trustFile({
    env: 'NATS_CA_FILE',
    meaning:
      'PEM file of the certificates that sign those of the broker; TLS then is a must. Empty: with tls:// those the system trusts.',
  }),
  natsCertFile: certificateFile({
    env: 'NATS_CERT_FILE',
    meaning:
      'PEM file of the certificate to show the broker, where it asks for one, with NATS_KEY_FILE. Read with each connection.',
  }),
  natsKeyFile: privateKeyFile({
    env: 'NATS_KEY_FILE',
    meaning: 'PEM file with its private key, without a passphrase.',
  }),
  opsHost: text({ env: 'OPS_HOST', meaning: 'Address of the ops server.', default: '127.0.0.1' }),
  opsPort: integer({
    env: 'OPS_PORT',
    meaning: 'Port of /livez, /readyz, /startupz, /version and /metrics; 0: any free one.',
    default: 0,
    min: 0,
    max: 65_535,
  }),
  revision: text({
    env: 'MESH_REVISION',
    meaning: 'The revision of the sources, told by /version; an image brings it.',
    default: '',
  }),
  logLevel: choice({
    env: 'LOG_LEVEL',
    meaning: 'The least level that is logged.',
    default: 'info',
    of: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  }),
  callsInFlightMax: integer({
    env: 'CALLS_IN_FLIGHT_MAX',
    meaning:
      'Calls a process answers at a time, a fifth of them kept for critical ones; the next waits.',
    default: 256,
    min: 1,
    max: 100_000,
  }),
  deliveriesInFlightMax: integer({
    env: 'DELIVERIES_IN_FLIGHT_MAX',
    meaning:
      'Events a consumer handles at a time in one process; three times as many wait in hand, more are not fetched.',
    default: 16,
    min: 1,
    max: 250,
  }),
  deliveryTimeoutMs: integer({
    env: 'DELIVERY_TIMEOUT_MS',
    meaning: 'Longest handling of an event; then it is aborted and counts as a failed attempt.',
    default: 30_000,
    min: 10,
    max: 600_000,
  }),
  callsQueuedMax: integer({
    env: 'CALLS_QUEUED_MAX',
    meaning:
      'Calls that wait for others to end; beyond, the least important is refused with `overloaded`.',
    default: 256,
    min: 0,
    max: 100_000,
  }),
  eventLoopLagMaxMs: integer({
    env: 'EVENT_LOOP_LAG_MAX_MS',
    meaning:
      'How late the event loop may be; beyond, sheddable calls are refused with `overloaded`, and beyond twice as much normal ones.',
    default: 100,
    min: 1,
    max: 60_000,
  }),
  deliveryAttemptsMax: integer({
    env: 'DELIVERY_ATTEMPTS_MAX',
    meaning:
      'How often an event is tried that a consumer fails at by itself; then it is a dead letter.',
    default: 10,
    min: 1,
    max: ATTEMPTS_MAX,
  }),
  stopGraceMs: integer({
    env: 'STOP_GRACE_MS',
    meaning: 'How long a stopping process waits for calls and deliveries in flight.',
    default: 20_000,
    min: 0,
    max: 600_000,
  }),
  readyOffMs: integer({
    env: 'READY_OFF_MS',
    meaning:
      'How long a stopping process, not ready any more, still takes what comes, so that load balancers have seen it.',
    default: 0,
    min: 0,
    max: 60_000,
  }),
  stopMsMax: integer({
    env: 'STOP_MS_MAX',
    meaning: 'How long stopping may take in all; then the process ends with exit code 1.',
    default: 30_000,
    min: 100,
    max: 900_000,
  }),
  otlpEndpoint: text({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    meaning: 'Where traces go, OTLP over HTTP; empty: traces are not recorded.',
    default: '',
  }),
  otlpCaFile: trustFile({
    env: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
    meaning:
      'PEM file of the certificates that sign that of who takes the traces, where it is https://; empty: those the system trusts.',
  }),
  traceShare: fraction({
    env: 'OTEL_TRACES_SAMPLER_ARG',
    meaning:
      'Share of new traces that is recorded, 0 to 1; one that comes in recorded or not stays so. Of the others the spans that fail are kept.',
    default: 1,
  }),
  traceFailuresPerSecondMax: integer({
    env: 'TRACE_FAILURES_PER_SECOND_MAX',
    meaning:
      'Spans of a process that fail in traces that are not recorded and are kept in a second; those beyond are only counted.',
    default: 1_000,
    min: 0,
    max: 100_000,
  }),
})
export type BaseConfig = ConfigOf<typeof baseConfig>

/** The files for a broker connection over TLS, as they stand in a configuration. */
export const brokerTls = ({
  natsCaFile: caFile,
  natsCertFile: certFile,
  natsKeyFile: keyFile,
}: Pick<BaseConfig, 'natsCaFile' | 'natsCertFile' | 'natsKeyFile'>): BrokerTls => ({
  caFile,
  certFile,
  keyFile,
})
