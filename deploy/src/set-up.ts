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
  /** The one service whose schema, stream and durables are meant; undefined: all of them. */
  only?: string | undefined
}

/** How much there was to do. */
export interface SetUpReport {
  migrations: { services: number; applied: number }
  provision: { streams: number; consumers: number }
}

/** Brings schemas, roles, streams and durables to what this build needs. Deletes nothing; safe to repeat. */
export const setUp = async (options: SetUpOptions): Promise<SetUpReport> => {
  const isMeant = (name: string) => options.only === undefined || options.only === name
  const meant = Object.entries(schemas).filter(([name]) => isMeant(name))
  const [migrations, provisioned] = await Promise.all([
    migrateThose(meant, options),
    provision(
      options.broker,
      services.filter(({ name }) => isMeant(name)).map(planOf),
      options.streams,
    ),
  ])
  return { migrations, provision: provisioned }
}

/** Brings every service's schema up to date. A role whose password is undefined keeps the one it has. */
export const migrateAll = (
  databaseUrl: string,
  databasePassword: (service: string) => string | undefined,
): Promise<SetUpReport['migrations']> =>
  migrateThose(Object.entries(schemas), { databaseUrl, databasePassword })

const migrateThose = async (
  plans: readonly (readonly [service: string, Migrations])[],
  {
    databaseUrl,
    databasePassword,
  }: { databaseUrl: string; databasePassword: (service: string) => string | undefined },
): Promise<SetUpReport['migrations']> => {
  const migrated = plans.map(([service, migrations]) =>
    migrate(databaseUrl, { service, migrations, password: databasePassword(service) }),
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
