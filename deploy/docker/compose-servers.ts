import { brokerPermissions } from '../src/permissions.ts'
import { BROKERS, secretOf } from './program-environment.ts'

/** A container as Compose has it. */
export type Container = Readonly<Record<string, unknown>>

/** Other people's images, each by its whole version. */
const IMAGES = {
  nats: 'docker.io/library/nats:2.14.5-alpine',
  postgres: 'docker.io/library/postgres:18.4-bookworm',
  redis: 'docker.io/library/redis:7.2.5-alpine',
  haproxy: 'docker.io/library/haproxy:3.2.13-alpine',
  jaeger: 'docker.io/jaegertracing/jaeger:2.17.0',
  prometheus: 'docker.io/prom/prometheus:v3.5.0',
  grafana: 'docker.io/grafana/grafana:12.4.0',
} as const

const unattended = { restart: 'unless-stopped', security_opt: ['no-new-privileges:true'] }

const healthy = (test: readonly string[]): Container => ({
  healthcheck: { test, interval: '2s', timeout: '2s', retries: 30 },
})

/** Seen from this machine only. */
const here = (port: number, inside = port): string => `127.0.0.1:${port}:${inside}`

const natsPasswords = (): string[] =>
  [...brokerPermissions().matchAll(/\$(NATS_PASSWORD_\w+)/g)].map(([, name = '']) => name)

const broker = (name: string): Container => ({
  image: IMAGES.nats,
  command: ['--config', '/etc/meshboard/cluster.conf'],
  environment: {
    SERVER_NAME: name,
    CLUSTER_ROUTES: `[${BROKERS.map((one) => `nats://${one}:6222`).join(', ')}]`,
    STORE_DIR: '/data',
    ...Object.fromEntries(natsPasswords().map((password) => [password, secretOf(password)])),
  },
  volumes: ['../nats:/etc/meshboard:ro', `${name}:/data`],
  ...healthy(['CMD', 'wget', '--quiet', '--spider', 'http://127.0.0.1:8222/healthz']),
  ...unattended,
})

const postgres: Container = {
  image: IMAGES.postgres,
  // Ten for each process of six services, several of each.
  command: ['postgres', '-c', 'max_connections=500'],
  environment: { POSTGRES_DB: 'meshboard', POSTGRES_PASSWORD: secretOf('POSTGRES_PASSWORD') },
  volumes: ['postgres:/var/lib/postgresql'],
  ...healthy(['CMD', 'pg_isready', '-h', '127.0.0.1', '-U', 'postgres', '-d', 'meshboard']),
  ...unattended,
}

const redis: Container = {
  image: IMAGES.redis,
  command: ['redis-server', '--appendonly', 'yes', '--requirepass', secretOf('REDIS_PASSWORD')],
  environment: { REDISCLI_AUTH: secretOf('REDIS_PASSWORD') },
  volumes: ['redis:/data'],
  ...healthy(['CMD', 'redis-cli', 'ping']),
  ...unattended,
}

/** One address for however many edges and gateways there are; only those that are ready are sent to. */
const front: Container = {
  image: IMAGES.haproxy,
  volumes: ['./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro'],
  ports: ['${GATEWAY_PORT:-8080}:8080', '${EDGE_PORT:-8081}:8081'],
  ...unattended,
}

const jaeger: Container = {
  image: IMAGES.jaeger,
  environment: { JAEGER_LISTEN_HOST: '0.0.0.0' },
  ports: [here(16_686)],
  ...unattended,
}

const prometheus: Container = {
  image: IMAGES.prometheus,
  command: [
    '--config.file=/etc/prometheus/prometheus.yaml',
    '--storage.tsdb.path=/prometheus',
    '--storage.tsdb.retention.time=15d',
    '--enable-feature=exemplar-storage',
  ],
  volumes: [
    './prometheus.yaml:/etc/prometheus/prometheus.yaml:ro',
    '../helm/meshboard/files/rules:/etc/prometheus/rules:ro',
    'prometheus:/prometheus',
  ],
  ports: [here(9090)],
  ...unattended,
}

const grafana: Container = {
  image: IMAGES.grafana,
  environment: { GF_SECURITY_ADMIN_PASSWORD: secretOf('GRAFANA_PASSWORD') },
  volumes: [
    './grafana:/etc/grafana/provisioning:ro',
    '../helm/meshboard/files/dashboards:/etc/meshboard/dashboards:ro',
    'grafana:/var/lib/grafana',
  ],
  ports: [here(3000)],
  ...unattended,
}

/** What the services stand on and what looks at them, by name. */
export const serverContainers = (): Readonly<Record<string, Container>> => ({
  ...Object.fromEntries(BROKERS.map((name) => [name, broker(name)])),
  postgres,
  redis,
  front,
  jaeger,
  prometheus,
  grafana,
})
