import { Histogram, type Registry } from '@prometheus-io/client'
import { type Connection, textOf } from './connection.ts'

/** Takes how long a statement ran. */
export type Ran = (operation: string, outcome: 'ok' | 'failed', seconds: number) => void

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const OPERATIONS: ReadonlySet<string> = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'with',
  'begin',
  'commit',
  'rollback',
])

type Child = ReturnType<Histogram<string>['labels']>

/** Registers how long statements run. The histogram's children are looked up once each. */
export const createStatementMetrics = (registry: Registry): Ran => {
  const durations = new Histogram<string>({
    name: 'mesh_database_statement_duration_seconds',
    help: 'Statements run.',
    labelNames: ['operation', 'outcome'],
    buckets: SECONDS,
    registers: [registry],
  })
  const children = new Map<string, Child>()
  return (operation, outcome, seconds) => {
    const key = operation + outcome
    let child = children.get(key)
    if (!child) children.set(key, (child = durations.labels({ operation, outcome })))
    child.observe(seconds)
  }
}

/** Measures each statement of a connection, by its first word. What waits for its turn is not in it. */
export const measureStatements = (connection: Connection, ran: Ran): void => {
  const send = connection.query.bind(connection)
  connection.query = (statement, done) => {
    const operation = operationOf(textOf(statement))
    const beganAt = performance.now()
    return send(statement, (error, result) => {
      ran(operation, error ? 'failed' : 'ok', (performance.now() - beganAt) / 1_000)
      done(error, result)
    })
  }
}

const operationOf = (sql: string): string => {
  const word = /[a-z]+/i.exec(sql)?.[0].toLowerCase() ?? ''
  return OPERATIONS.has(word) ? word : 'other'
}
