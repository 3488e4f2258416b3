import { SpanKind, endSpan, startChildSpan } from '@meshboard/kit'
import { type Connection, type Statement, textOf } from './connection.ts'
import { summaryOf } from './statement-summary.ts'

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

const spanOf = (statement: Statement) => {
  const { operation, summary } = summaryOf(textOf(statement))
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
