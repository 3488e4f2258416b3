import { type Migrations, migrate } from '@meshboard/db'
import {
  type BrokerOptions,
  type BrokerPlan,
  type Service,
  type StreamSettings,
  provision,
} from '@meshboard/kit'
import { schemas, services } from './mesh.ts'

/** What `setUp` needs to know. */
export interface SetUpOptions {
  /** Postgres, as one who may create roles and schemas. */
  databaseUrl: string
  /** The password of a service's application role. */
  databasePassword: (service: string) => string
  /** The broker, as one who may make streams. */
  broker: Omit<BrokerOptions, 'onFault'>
  streams: StreamSettings
}

/** How much there was to do. */
export interface SetUpReport {
  migrations: { services: number; applied: number }
  provision: { streams: number; consumers: number }
}

/** Brings schemas, roles, streams and durables to what this build needs. Deletes nothing; safe to repeat. */
export const setUp = async (options: SetUpOptions): Promise<SetUpReport> => {
  const [migrations, provisioned] = await Promise.all([
    migrateAll(options.databaseUrl, options.databasePassword),
    provision(options.broker, services.map(planOf), options.streams),
  ])
  return { migrations, provision: provisioned }
}

/** Brings every service's schema up to date. A role whose password is undefined keeps the one it has. */
export const migrateAll = async (
  databaseUrl: string,
  passwordOf: (service: string) => string | undefined,
): Promise<SetUpReport['migrations']> => {
  const plans = Object.entries(schemas)
  const migrated = plans.map(([service, migrations]: [string, Migrations]) =>
    migrate(databaseUrl, { service, migrations, password: passwordOf(service) }),
  )
  const applied = await Promise.all(migrated)
  return { services: plans.length, applied: applied.reduce((sum, count) => sum + count, 0) }
}

/** What a service needs on the broker. */
export const planOf = ({ name, contract, consumers }: Service): BrokerPlan => ({
  service: name,
  contract,
  consumers,
})
