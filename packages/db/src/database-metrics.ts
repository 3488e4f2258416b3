import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** What a database counts. */
export interface DatabaseMetrics {
  /** A call was refused a connection. */
  refused(): void
  /** A statement was cancelled, since its call had ended; once a statement. */
  cancelled(): void
}

/** What is looked at when somebody asks. */
interface Looked {
  /** Connections at work, and how many there may be. */
  readonly used: () => number
  readonly max: () => number
  /** Queries and transactions that wait for one. */
  readonly waiting: () => number
}

/** Registers a database's measurements. */
export const createDatabaseMetrics = (registry: Registry, looked: Looked): DatabaseMetrics => {
  const registers = [registry]
  const gauge = (name: string, help: string, look: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(look())
      },
    })
  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  gauge('mesh_database_connections_used', 'Connections at work.', looked.used)
  gauge('mesh_database_connections_max', 'Connections there may be.', looked.max)
  gauge('mesh_database_waiting', 'Queries and transactions that wait for one.', looked.waiting)
  const refused = counter(
    'mesh_database_refused_total',
    'Calls refused with overloaded for want of a connection.',
  )
  const cancelled = counter(
    'mesh_database_statements_cancelled_total',
    'Statements cancelled because their call had ended.',
  )
  return { refused: () => refused.inc(), cancelled: () => cancelled.inc() }
}
