import { SpanKind, endSpan, startChildSpan } from '@meshboard/kit'
import { summaryOf } from './statement-summary.ts'

type Done = (error: Error | undefined, result: unknown) => void
type Send = (statement: string | { text: string }, done: Done) => unknown

/** What of a connection of the driver is needed here. */
export interface Connection {
  query: Send
}

/**
 * Puts each statement of a connection into the trace of who sends it, by its operation and table.
 * The values bound to it are not looked at.
 */
export const traceStatements = (connection: Connection): void => {
  const send = connection.query.bind(connection)
  connection.query = (statement, done) => {
    const span = startChildSpan(() => spanOf(statement))
    if (!span) return send(statement, done)
    return send(statement, (error, result) => {
      endSpan(span, error)
      done(error, result)
    })
  }
}

const spanOf = (statement: Parameters<Send>[0]) => {
  const text = typeof statement === 'string' ? statement : statement.text
  const { operation, summary } = summaryOf(text)
  return {
    name: summary,
    kind: SpanKind.CLIENT,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': summary,
    },
  }
}
