import { databaseConfig } from '@meshboard/db'
import { type Service, type Variable, baseConfig, redisUrl } from '@meshboard/kit'
import { schemas, services } from '../src/mesh.ts'
import { brokerPermissions } from '../src/permissions.ts'

/** What of a service its releases are made from; all of it follows from contract and configuration. */
export interface ServiceFacts {
  /** The team that installs and upgrades its release. */
  readonly owner: string
  /** Its role in Postgres; absent when it has no database. */
  readonly databaseRole?: string
  readonly usesRedis: boolean
  /** Where strangers reach it. */
  readonly door?: Door
  /** Secret variables of its own, and whether it starts only with them. */
  readonly secrets: Readonly<Record<string, { required: boolean }>>
  /** Variables that name files, and the keys of its secret that are put there unless told otherwise. */
  readonly secretFiles: Readonly<Record<string, readonly string[]>>
  readonly consumers: readonly string[]
  readonly scaleBy: ScaleBy
  /** Defaults of the variables that say how long a stop takes, milliseconds. */
  readonly stopping: Readonly<Record<string, number>>
}

/** What more of means that more copies are needed. */
export type ScaleBy = 'connections' | 'requests' | 'lag' | 'cpu'

interface Door {
  readonly hostVariable: string
  readonly portVariable: string
  readonly hopsVariable: string
  readonly port: number
  /** Whether its connections stay open. */
  readonly sockets: boolean
}

/** The prefix of a service's own variables: `FRAUD_WATCH` of `fraud-watch`. */
export const prefixOf = (name: string): string => name.toUpperCase().replaceAll('-', '_')

/** The variables of a service by their names. */
export const variablesOf = ({
  config,
}: Pick<Service, 'config'>): ReadonlyMap<string, Variable<unknown>> =>
  new Map(Object.values({ ...baseConfig, ...config }).map((variable) => [variable.env, variable]))

/** The facts of one service. */
export const factsOf = (service: Service): ServiceFacts => {
  const variables = variablesOf(service)
  return {
    owner: service.contract?.owner ?? 'team-platform',
    ...(service.name in schemas && { databaseRole: `${service.name.replaceAll('-', '_')}_app` }),
    usesRedis: variables.has(redisUrl.env),
    ...doorOf(service),
    secrets: Object.fromEntries(
      ownSecrets(service).map(({ env, default: fallback }) => [
        env,
        { required: fallback === undefined },
      ]),
    ),
    secretFiles: Object.fromEntries(
      secretFilesOf(service).map(({ env, default: fallback }) => [
        env,
        fallback === undefined ? [fileOf(env, service.name)] : [],
      ]),
    ),
    consumers: service.consumers.map(({ name }) => name),
    scaleBy: scaleBy(service),
    stopping: stoppingOf(service),
  }
}

/** Variables that the chart sets itself, from what it knows of the release. */
export const setByChart = (service: Service): readonly string[] => {
  const prefix = prefixOf(service.name)
  const { natsUrls, natsUser, natsPassword, opsHost, opsPort } = baseConfig
  return [
    ...[natsUrls, natsUser, natsPassword, opsHost, opsPort, redisUrl].map(({ env }) => env),
    databaseConfig.databaseUrl.env,
    ...['HOST', 'PORT', 'PROCESS'].map((last) => `${prefix}_${last}`),
    ...ownSecrets(service).map(({ env }) => env),
  ]
}

const known = new Set<string>(
  [...Object.values(baseConfig), databaseConfig.databaseUrl, redisUrl].map(({ env }) => env),
)

const ownSecrets = (service: Service): Variable<unknown>[] =>
  [...variablesOf(service).values()].filter(
    ({ env, shape }) => shape.kind === 'secret' && !known.has(env),
  )

const secretFilesOf = (service: Service): Variable<unknown>[] =>
  [...variablesOf(service).values()].filter(({ env }) => /_FILES?$/.test(env))

const fileOf = (env: string, name: string): string => {
  const own = env.replace(`${prefixOf(name)}_`, '').replace(/_FILES?$/, '')
  return `${own.toLowerCase().replaceAll('_', '-')}.pem`
}

const doorOf = (service: Service): { door?: Door } => {
  const prefix = prefixOf(service.name)
  const variables = variablesOf(service)
  const port = variables.get(`${prefix}_PORT`)
  if (port === undefined || !variables.has(`${prefix}_HOST`)) return {}
  return {
    door: {
      hostVariable: `${prefix}_HOST`,
      portVariable: `${prefix}_PORT`,
      hopsVariable: `${prefix}_TRUSTED_HOPS`,
      port: Number(port.default),
      sockets: service.uses.channels !== undefined,
    },
  }
}

const scaleBy = (service: Service): ScaleBy => {
  const { door } = doorOf(service)
  if (door !== undefined) return door.sockets ? 'connections' : 'requests'
  return service.consumers.length > 0 ? 'lag' : 'cpu'
}

const stoppingOf = (service: Service): Record<string, number> => {
  const variables = variablesOf(service)
  const { readyOffMs, stopGraceMs, stopMsMax } = baseConfig
  const own = [readyOffMs.env, stopGraceMs.env, stopMsMax.env, `${prefixOf(service.name)}_DRAIN_MS`]
  return Object.fromEntries(
    own.flatMap((env) => {
      const variable = variables.get(env)
      return variable === undefined ? [] : [[env, Number(variable.default)]]
    }),
  )
}

/** What the chart knows of the mesh: who has a password at the broker, and each service. */
export const meshFacts = () => ({
  brokerUsers: [
    ...new Set(
      [...brokerPermissions().matchAll(/\$NATS_PASSWORD_(\w+)/g)].map(([, user = '']) => user),
    ),
  ].toSorted(),
  services: Object.fromEntries(services.map((service) => [service.name, factsOf(service)])),
})
