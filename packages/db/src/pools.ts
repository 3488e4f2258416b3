import type { ConfigOf, Logger, Metrics } from '@meshboard/kit'
import knexFactory, { type Knex } from 'knex'
import { boundWaiting, usedOf, waitingFor } from './bounded-pool.ts'
import type { databaseConfig } from './config.ts'
import { type DatabaseMetrics, createDatabaseMetrics } from './database-metrics.ts'
import { type Endable, endWhenSilent } from './silent-connection.ts'
import { guardStatements } from './statement-guard.ts'
import { createStatementMetrics, measureStatements } from './statement-metrics.ts'
import { traceStatements } from './statement-spans.ts'

/** The connections of a service. */
export interface Pools {
  /** For its work: bounded, traced, and bound to the call they work for. */
  readonly query: Knex
  /** One connection beside, opened when it is needed, for what must not wait behind that work. */
  readonly side: Knex
}

interface Opened {
  service: string
  config: ConfigOf<typeof databaseConfig>
  metrics: Metrics
  log: Logger
}

const ACQUIRE_MS = 3_000
const CONNECT_MS = 2_500
/** How much later than the server this side ends a statement. */
const SILENCE_MS = 250
const SIDE_MS = 2_000
const SIDE_IDLE_MS = 30_000

/** Makes a service's pools; connections open when they are used. Whoever calls destroys both. */
export const openPools = (opened: Opened): Pools => {
  const { config, metrics, log } = opened
  const side = knexFactory({
    ...connecting(opened, SIDE_MS),
    acquireConnectionTimeout: SIDE_MS,
    pool: { min: 0, max: 1, idleTimeoutMillis: SIDE_IDLE_MS },
  })
  const query: Knex = knexFactory({
    ...connecting(opened, config.databaseStatementTimeoutMs),
    acquireConnectionTimeout: ACQUIRE_MS,
    pool: {
      min: 0,
      max: config.databaseConnectionsMax,
      afterCreate(connection: Endable, done: (error: unknown, made: Endable) => void) {
        endWhenSilent(connection)
        measureStatements(connection, ran)
        guardStatements(connection, { cancel, cancelled: counts.cancelled })
        traceStatements(connection)
        done(undefined, connection)
      },
    },
  })
  const ran = createStatementMetrics(metrics.registry)
  const counts: DatabaseMetrics = createDatabaseMetrics(metrics.registry, {
    used: () => usedOf(query),
    max: () => config.databaseConnectionsMax,
    waiting: () => waitingFor(query),
  })
  const cancel = async (processId: number): Promise<void> => {
    try {
      await side.raw('select pg_cancel_backend(?)', [processId])
    } catch (error) {
      log.warn({ err: error }, 'a statement could not be cancelled, its connection is ended')
      throw error
    }
  }
  boundWaiting(query, { waitingMax: config.databaseWaitingMax, metrics: counts })
  return { query, side }
}

const connecting = ({ service, config, log }: Opened, statementMs: number) => ({
  client: 'pg',
  connection: {
    connectionString: config.databaseUrl.reveal(),
    application_name: service,
    statement_timeout: statementMs,
    // The server speaks first where it can; where nothing comes through, it cannot.
    query_timeout: statementMs + SILENCE_MS,
    connectionTimeoutMillis: CONNECT_MS,
  },
  searchPath: [service],
  // What it says is in the failures too; left alone, it prints.
  log: {
    warn: (line: unknown) => log.debug(line),
    error: (line: unknown) => log.debug(line),
  },
  // A failed statement's message would hold what was bound to it.
  compileSqlOnError: false,
})
