import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { brokerPermissions, services, setUp } from '@meshboard/deploy'
import {
  type BrokerTls,
  PROVISIONER,
  type RunningService,
  type StartOptions,
  startService,
} from '@meshboard/kit'
import {
  Authority,
  type NatsServer,
  type OtlpReceiver,
  type PostgresServer,
  type RedisServer,
  freePort,
  startNats,
  startOtlpReceiver,
  startPostgres,
  startRedis,
} from '@meshboard/testkit'

const PASSWORD = 'test_application'

/**
 * Servers that are spoken to by TLS, with certificates of one authority: a broker that asks its
 * clients for theirs, a Postgres, a Redis without another port, and who takes traces.
 */
export class TlsMesh {
  readonly authority: Authority
  readonly nats: NatsServer
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  readonly receiver: OtlpReceiver
  readonly natsUrl: string
  readonly redisUrl: string
  readonly brokerTls: BrokerTls
  readonly #signingKey: string
  readonly #running: RunningService[] = []

  private constructor(parts: Parts) {
    this.authority = parts.authority
    this.nats = parts.nats
    this.postgres = parts.postgres
    this.redis = parts.redis
    this.receiver = parts.receiver
    this.natsUrl = `tls://localhost:${new URL(parts.nats.url).port}`
    this.redisUrl = `rediss://localhost:${parts.redisPort}`
    this.brokerTls = parts.brokerTls
    this.#signingKey = parts.signingKey
  }

  static async start(): Promise<TlsMesh> {
    const authority = await Authority.create()
    const server = await authority.issue()
    const [client, redisPort] = [await authority.issue({ names: ['service'] }), await freePort()]
    const [nats, postgres, redis, receiver] = await Promise.all([
      startNats(`${brokerPermissions()}\n${natsTls(authority, server)}`),
      startPostgres(server),
      startRedis(redisTls(redisPort, server)),
      startOtlpReceiver(server),
    ])
    const { caFile } = authority
    const signingKey = join(authority.folder, 'signing.pem')
    const { privateKey } = generateKeyPairSync('ed25519')
    await writeFile(signingKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    })
    const parts = { authority, nats, postgres, redis, receiver, redisPort, signingKey }
    return new TlsMesh({ ...parts, brokerTls: { caFile, ...client } })
  }

  /** Postgres, as whoever is named or its superuser, with what a client needs to believe it. */
  databaseUrl({ user, host = 'localhost', caFile = this.authority.caFile }: AsWhom = {}): string {
    const url = new URL(this.postgres.url)
    url.hostname = host
    url.searchParams.set('sslmode', 'verify-full')
    url.searchParams.set('sslrootcert', caFile)
    if (user !== undefined) [url.username, url.password] = [user, PASSWORD]
    return url.href
  }

  /** What `mesh setup` does, over the same links. */
  async setUp(): Promise<void> {
    await setUp({
      databaseUrl: this.databaseUrl(),
      databasePassword: () => PASSWORD,
      broker: {
        servers: [this.natsUrl],
        service: PROVISIONER,
        user: PROVISIONER,
        password: this.nats.passwordOf(PROVISIONER),
        tls: this.brokerTls,
      },
      streams: { replicas: 1, bytesMax: 1 << 24, acceptsLoss: true },
    })
  }

  environmentOf(service: string): Record<string, string> {
    const { caFile, certFile, keyFile } = this.brokerTls
    return {
      NATS_URL: this.natsUrl,
      NATS_USER: service,
      NATS_PASSWORD: this.nats.passwordOf(service),
      NATS_CA_FILE: caFile,
      NATS_CERT_FILE: certFile,
      NATS_KEY_FILE: keyFile,
      DATABASE_URL: this.databaseUrl({ user: `${service}_app` }),
      REDIS_URL: this.redisUrl,
      REDIS_CA_FILE: caFile,
      OTEL_EXPORTER_OTLP_ENDPOINT: this.receiver.url,
      OTEL_EXPORTER_OTLP_CERTIFICATE: caFile,
      AUTH_SIGNING_KEY_FILES: this.#signingKey,
      GATEWAY_PORT: '0',
      GATEWAY_DRAIN_MS: '0',
      EDGE_PORT: '0',
      EDGE_DRAIN_MS: '0',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    }
  }

  /** Starts a service in this process; it is stopped with the rest. */
  async run(name: string, env: Record<string, string> = {}): Promise<RunningService> {
    const running = await this.tryToRun(name, { env })
    this.#running.push(running)
    return running
  }

  /** Starts a service that may not get far. */
  tryToRun(
    name: string,
    { env, ...options }: StartOptions & { env: Record<string, string> },
  ): Promise<RunningService> {
    const service = services.find((one) => one.name === name)
    if (!service) throw new Error(`no service ${name}`)
    return startService(service, { ...this.environmentOf(name), ...env }, options)
  }

  async stop(): Promise<void> {
    for (const running of this.#running.toReversed()) await running.stop()
    await Promise.all([this.nats.stop(), this.postgres.stop(), this.redis.stop()])
    await this.receiver.stop()
    await this.authority.remove()
  }
}

interface Parts {
  authority: Authority
  nats: NatsServer
  postgres: PostgresServer
  redis: RedisServer
  receiver: OtlpReceiver
  redisPort: number
  signingKey: string
  brokerTls: BrokerTls
}

interface AsWhom {
  user?: string
  host?: string
  caFile?: string
}

interface Files {
  readonly certFile: string
  readonly keyFile: string
}

/** It asks its clients for certificates, too. */
const natsTls = ({ caFile }: Authority, { certFile, keyFile }: Files): string =>
  `tls { cert_file: "${certFile}", key_file: "${keyFile}", ca_file: "${caFile}", verify: true, timeout: 10 }`

const redisTls = (port: number, { certFile, keyFile }: Files): string[] => [
  `tls-port ${port}`,
  `tls-cert-file ${certFile}`,
  `tls-key-file ${keyFile}`,
  'tls-auth-clients no',
]

/** The port that a door in this process has. */
export const portOf = ({ deps }: RunningService): number => {
  const { port, server } = deps as { port?: number; server?: { address(): AddressInfo } }
  return port ?? server?.address().port ?? 0
}
