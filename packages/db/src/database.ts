import { failure } from '@meshboard/contracts'
import { type ConfigOf, type Opening, persist } from '@meshboard/kit'
import knexFactory, { type Knex } from 'knex'
import type { databaseConfig } from './config.ts'
import { isUnavailable, mayRunAgain, toFailure } from './errors.ts'
import { type Migrations, assertMigrated } from './migrate.ts'
import { Outbox, type Publish } from './outbox.ts'
import { type Connection, traceStatements } from './statement-spans.ts'

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
   * Runs `work` in one transaction (read committed), with the events it raises. Run again when it
   * lost to another transaction. `deadline`, milliseconds since 1970: a statement that takes longer
   * than was left at the start is cancelled, and what is done only after it is rolled back. Fails `unavailable` or `deadline_exceeded` besides what `work` throws.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, deadline?: number): Promise<T>
}

const RUNS_MAX = 4
const ACQUIRE_MS = 3_000
const OPEN_MS = 60_000

/**
 * Opens the service's schema: waits up to a minute for the server, and from then on readiness
 * depends on it. Closed when the service stops. Throws one clear line when the schema lacks steps.
 */
export const openDatabase = async (
  opening: Opening<ConfigOf<typeof databaseConfig>>,
  migrations: Migrations,
): Promise<Database> => {
  const { service, config, ops, log } = opening
  const query = poolFor(service, config)
  opening.onClose(() => query.destroy())
  await persist(() => assertMigrated(query, service, migrations), {
    backoff: { firstMs: 250, maxMs: 3_000 },
    signal: AbortSignal.timeout(OPEN_MS),
    onFault(error, attempt) {
      if (!isUnavailable(error)) throw error
      log.warn({ err: error, attempt }, 'database not reached, will be tried again')
    },
  })
  const database = new PostgresDatabase({
    service,
    query,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
  })
  ops.addCheck('database', () => database.check())
  return database
}

const poolFor = (service: string, config: ConfigOf<typeof databaseConfig>): Queryable =>
  knexFactory({
    client: 'pg',
    connection: {
      connectionString: config.databaseUrl.reveal(),
      application_name: service,
      statement_timeout: config.databaseStatementTimeoutMs,
    },
    searchPath: [service],
    // A failed statement's message would hold what was bound to it.
    compileSqlOnError: false,
    acquireConnectionTimeout: ACQUIRE_MS,
    pool: { min: 0, max: config.databaseConnectionsMax, afterCreate: traced },
  })

const traced = (connection: Connection, done: (error: unknown, connection: Connection) => void) => {
  traceStatements(connection)
  done(undefined, connection)
}

class PostgresDatabase implements Database {
  readonly service: string
  readonly query: Queryable
  readonly #statementTimeoutMs: number

  constructor(parts: { service: string; query: Knex; statementTimeoutMs: number }) {
    this.service = parts.service
    this.query = parts.query
    this.#statementTimeoutMs = parts.statementTimeoutMs
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>, deadline?: number): Promise<T> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.#runOnce(work, deadline)
      } catch (error) {
        if (run === RUNS_MAX || !mayRunAgain(error) || isPast(deadline)) throw toFailure(error)
      }
    }
  }

  async check(): Promise<string | undefined> {
    await this.query.raw('select 1')
    return undefined
  }

  async #runOnce<T>(work: (tx: Tx) => Promise<T>, deadline: number | undefined): Promise<T> {
    const outbox = new Outbox(this.service)
    return this.query.transaction(async (transaction) => {
      await this.#limitStatements(transaction, deadline)
      const publish: Publish = (event, data) => outbox.add(event, data)
      const done = await work(Object.assign(transaction, { publish }))
      if (isPast(deadline)) throw failure('deadline_exceeded')
      await outbox.write(transaction)
      return done
    })
  }

  async #limitStatements(transaction: Knex, deadline: number | undefined): Promise<void> {
    if (deadline === undefined) return
    const ms = Math.min(this.#statementTimeoutMs, Math.max(1, Math.ceil(deadline - Date.now())))
    await transaction.raw(`set local statement_timeout = ${ms}`)
  }
}

const isPast = (deadline: number | undefined): boolean =>
  deadline !== undefined && Date.now() >= deadline
