import type { Procedure } from '@meshboard/contracts'
import { databaseConfig } from '@meshboard/db'
import { type Service, redisUrl } from '@meshboard/kit'
import { services } from '../src/mesh.ts'

/** What of a service can be watched; all of it follows from contract and configuration. */
export interface Watched {
  readonly name: string
  /** The team that its alerts go to. */
  readonly owner: string
  readonly summary: string
  readonly procedures: readonly Procedure[]
  readonly consumers: readonly string[]
  /** Whether it has a stream of events, and an outbox before it. */
  readonly hasEvents: boolean
  readonly hasDatabase: boolean
  readonly hasRedis: boolean
}

/** Who looks after the doors, and after what belongs to no service. */
export const PLATFORM_TEAM = 'team-platform'

const watchedOf = ({ name, contract, consumers, config }: Service): Watched => {
  const variables = new Set(Object.values(config).map(({ env }) => env))
  return {
    name,
    owner: contract?.owner ?? PLATFORM_TEAM,
    summary: contract?.summary ?? `The door "${name}".`,
    procedures: Object.values(contract?.procedures ?? {}),
    consumers: consumers.map((consumer) => consumer.name),
    hasEvents: Object.keys(contract?.events ?? {}).length > 0,
    hasDatabase: variables.has(databaseConfig.databaseUrl.env),
    hasRedis: variables.has(redisUrl.env),
  }
}

/** Every service and door of the mesh. */
export const allWatched: readonly Watched[] = services.map(watchedOf)
