/** Takes how a statement ended. */
export type Done = (error?: Error, result?: unknown) => void

/** A statement, alone or with what is bound to it. */
export type Statement = string | { readonly text: string }

/** What of a connection of the driver is needed here. */
export interface Connection {
  /** The server's process behind it. */
  readonly processID: number
  query: (statement: Statement, done: Done) => unknown
}

/** A statement without what is bound to it. */
export const textOf = (statement: Statement): string =>
  typeof statement === 'string' ? statement : statement.text
