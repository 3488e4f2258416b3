import { type Service, baseConfig } from '@meshboard/kit'
import { schemas } from '../src/mesh.ts'

/** What Compose puts in for a password: from `.env`, or it refuses to start and says what to do. */
export const secretOf = (name: string): string =>
  `\${${name}:?run node deploy/docker/secrets.mjs first}`

/** A service's name as a part of variables: `fraud-watch` is `FRAUD_WATCH`. */
const envName = (service: string): string => service.toUpperCase().replaceAll('-', '_')

export const BROKERS = ['nats-1', 'nats-2', 'nats-3'] as const
/** Where everybody finds the key that auth signs with. */
export const SIGNING_KEY = '/keys/auth-signing.pem'

const natsUrl = BROKERS.map((broker) => `nats://${broker}:4222`).join(',')
const databaseUrl = (role: string, password: string): string =>
  `postgres://${role}:${secretOf(password)}@postgres:5432/meshboard`

/** What a variable is set to in this mesh; the rest keep their defaults. */
const VALUES: Readonly<Record<string, (service: string) => string>> = {
  NATS_URL: () => natsUrl,
  NATS_PASSWORD: (service) => secretOf(`NATS_PASSWORD_${envName(service)}`),
  DATABASE_URL: (service) =>
    databaseUrl(`${service.replaceAll('-', '_')}_app`, `DATABASE_PASSWORD_${envName(service)}`),
  REDIS_URL: () => `redis://:${secretOf('REDIS_PASSWORD')}@redis:6379`,
  OTEL_EXPORTER_OTLP_ENDPOINT: () => 'http://jaeger:4318',
  AUTH_SIGNING_KEY_FILES: () => SIGNING_KEY,
  EDGE_TICKET_SECRET: () => secretOf('EDGE_TICKET_SECRET'),
  EDGE_TRUSTED_HOPS: () => '1',
  GATEWAY_TRUSTED_HOPS: () => '1',
}

/** Arguments that Node is to have, as the launcher gives them to a service that runs on one machine. */
const NODE_OPTIONS: Readonly<Record<string, string>> = { edge: '--max-semi-space-size=16' }

/**
 * The environment of a service's container. Throws when the service must be told something that
 * nobody has said here.
 */
export const environmentOf = ({ name, config }: Service): Record<string, string> => {
  const environment: Record<string, string> = {}
  for (const variable of Object.values({ ...baseConfig, ...config })) {
    const value = VALUES[variable.env]?.(name)
    if (value !== undefined) environment[variable.env] = value
    else if (variable.default === undefined)
      throw new Error(`deploy/docker/program-environment.ts does not say what ${variable.env} is`)
  }
  const options = NODE_OPTIONS[name]
  return options === undefined ? environment : { ...environment, NODE_OPTIONS: options }
}

/** The environment of `mesh setup`, which makes schemas, roles, streams and durables. */
export const setUpEnvironment = (): Record<string, string> => {
  const passwords = Object.keys(schemas).map((service) => `DATABASE_PASSWORD_${envName(service)}`)
  return {
    NATS_URL: natsUrl,
    NATS_PASSWORD: secretOf('NATS_PASSWORD_PROVISIONER'),
    DATABASE_URL: databaseUrl('postgres', 'POSTGRES_PASSWORD'),
    STREAM_REPLICAS: String(BROKERS.length),
    ...Object.fromEntries(passwords.map((password) => [password, secretOf(password)])),
  }
}
