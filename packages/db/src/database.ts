import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from '@meshboard/contracts'
import {
  type Backoff,
  type ConfigOf,
  type Opening,
  activeCall,
  delayBefore,
  faultPoint,
  isOver,
} from '@meshboard/kit'
import type { Knex } from 'knex'
import type { databaseConfig } from './config.ts'
import { mayRunAgain, openingFault, toFailure } from './errors.ts'
import { type Migrations, assertMigrated } from './migrate.ts'
import { Outbox, type Publish } from './outbox.ts'
import { openPools } from './pools.ts'

/** One transaction. `publish` is the only way to raise an event, and needs this. */
export type Tx = Knex.Transaction & {
  /** Raises an event: stored with the change, or not at all. Throws when the data breaks the contract. */
  readonly publish: Publish
}

/** What both a database and a transaction can be asked; what a store's reads take. */
export type Queryable = Knex

/** A service's schema in Postgres, seen through its application role. */
export interface Database {
  /** For reads outside of a transaction. */
  readonly query: Queryable
  readonly service: string
  /**
   * Runs `work` in one transaction (read committed), with the events it raises. Run again, up to
   * three times after a short pause, when it lost to another transaction. Under a call: its
   * statements are cancelled when the call ends, and what is done only then is rolled back. Fails
   * `unavailable`, `overloaded` (also when it lost four times) or `deadline_exceeded` besides what
   * `work` throws.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

const RUNS_MAX = 4
/** Those that lost to each other do not meet again at once. */
const AGAIN: Backoff = { firstMs: 20, maxMs: 100 }

/**
 * Opens the service's schema: waits until the server takes the service's user and the schema has
 * every step this build needs, and from then on readiness depends on it. Closed when the service
 * stops.
 */
export const openDatabase = async (
  opening: Opening<ConfigOf<typeof databaseConfig>>,
  migrations: Migrations,
): Promise<Database> => {
  const { service, config, ops, log, metrics } = opening
  const { query, side } = openPools({ service, config, metrics, log })
  opening.onClose(async () => {
    await query.destroy()
    await side.destroy()
  }, 'database')
  await opening.persist({
    part: 'database',
    work: () => assertMigrated(query, service, migrations),
    sentence: (error) => openingFault(error, config.databaseUrl.reveal()),
  })
  ops.addCheck('database', async () => {
    await side.raw('select 1')
    return undefined
  })
  return new PostgresDatabase(service, query)
}

class PostgresDatabase implements Database {
  readonly service: string
  readonly query: Queryable

  constructor(service: string, query: Queryable) {
    this.service = service
    this.query = query
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.#runOnce(work)
      } catch (error) {
        if (run === RUNS_MAX || !mayRunAgain(error) || isLate()) throw toFailure(error)
        await sleep(delayBefore(run, AGAIN))
      }
    }
  }

  async #runOnce<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const outbox = new Outbox(this.service)
    faultPoint('before-begin')
    return this.query.transaction(async (transaction) => {
      const publish: Publish = (event, data) => outbox.add(event, data)
      const done = await work(Object.assign(transaction, { publish }))
      faultPoint('after-effect')
      if (isLate()) throw failure('deadline_exceeded')
      await outbox.write(transaction)
      faultPoint('before-commit')
      return done
    })
  }
}

const isLate = (): boolean => {
  const call = activeCall()
  return call !== undefined && isOver(call)
}
