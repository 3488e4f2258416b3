import type { Duplex } from 'node:stream'
import type { Connection } from './connection.ts'

/** What of a connection of the driver is needed to end it. */
export interface Endable extends Connection {
  readonly connection: { readonly stream: Duplex }
}

/** What the driver says when its own time-out ends the waiting for an answer. */
const SILENT = 'Query read timeout'

/**
 * Ends a connection whose server does not answer: whatever is sent on it next, be it the rollback,
 * fails at once instead of waiting as long again, and the pool opens another.
 */
export const endWhenSilent = (connection: Endable): void => {
  const send = connection.query.bind(connection)
  connection.query = (statement, done) =>
    send(statement, (error, result) => {
      if (error?.message === SILENT) connection.connection.stream.destroy()
      done(error, result)
    })
}

/** Ends a connection. Resolved when its pool knows, and gives it to nobody any more. */
export const endConnection = ({ connection: { stream } }: Endable): Promise<void> =>
  new Promise((resolve) => {
    if (stream.closed) return resolve()
    stream.once('close', () => resolve()).destroy()
  })
