import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** What a database counts. */
export interface DatabaseMetrics {
  /** A call was refused a connection. */
  refused(): void
  /** A statement was cancelled, since its call had ended; once a statement. */
  cancelled(): void
}

/** Registers a database's measurements; `waiting` gives how many wait for a connection. */
export const createDatabaseMetrics = (
  registry: Registry,
  waiting: () => number,
): DatabaseMetrics => {
  const registers = [registry]
  new Gauge({
    name: 'mesh_database_waiting',
    help: 'Queries and transactions that wait for a connection.',
    registers,
    collect() {
      this.set(waiting())
    },
  })
  const refused = new Counter({
    name: 'mesh_database_refused_total',
    help: 'Calls refused with overloaded for want of a connection.',
    registers,
  })
  const cancelled = new Counter({
    name: 'mesh_database_statements_cancelled_total',
    help: 'Statements cancelled because their call had ended.',
    registers,
  })
  return { refused: () => refused.inc(), cancelled: () => cancelled.inc() }
}
