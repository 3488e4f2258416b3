import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from '@meshboard/contracts'
import { type ActiveCall, activeCall, isOver } from '@meshboard/kit'
import { type Done, textOf } from './connection.ts'
import { type Endable, endConnection } from './silent-connection.ts'

/** How a connection's statements are cancelled. */
export interface Cancelling {
  /**
   * Has the server cancel what runs on the connection of that process id. Resolved once it was told;
   * rejects when it may be told later, or not at all.
   */
  cancel(processId: number): Promise<void>
  /** A statement is cancelled: once for each, however often the server is told. */
  cancelled(): void
}

/** A cancel that comes before the server has begun the statement is lost, so it is repeated. */
const CANCEL_AGAIN_MS = 100
/** What ends a transaction is carried out, whoever still waits for it. */
const ENDS = /^\s*(commit|rollback)/i

/**
 * Binds the statements of a connection to the call they are made for: one that is over gets none
 * begun, and what runs when it ends is cancelled. The connection takes one statement after the other,
 * whoever sends it, and the next one only when no cancel is on its way: where that is uncertain, the
 * connection is ended. Statements outside of a call, and what ends a transaction, are never cancelled.
 */
export const guardStatements = (connection: Endable, cancelling: Cancelling): void => {
  const send = connection.query.bind(connection)
  let last: Promise<void> = Promise.resolve()
  connection.query = (statement, done) => {
    const run = () => new Promise<End>((ended) => void send(statement, (...end) => ended(end)))
    const call = ENDS.test(textOf(statement)) ? undefined : activeCall()
    const ending = last.then(() => (call ? runFor(call, { run, connection, cancelling }) : run()))
    last = finish(ending, done)
  }
}

/** With what a statement ended. */
type End = Parameters<Done>

const finish = async (ending: Promise<End>, done: Done): Promise<void> => {
  const end = await ending.catch((error: Error): End => [error])
  done(...end)
}

interface Guarded {
  run: () => Promise<End>
  connection: Endable
  cancelling: Cancelling
}

/** Runs a statement, cancelled when the call ends; over once no cancel of it is under way. */
const runFor = async (call: ActiveCall, guarded: Guarded): Promise<End> => {
  if (isOver(call)) throw failure('deadline_exceeded')
  const { run, connection, cancelling } = guarded
  let isRunning = true
  let telling: Promise<void> | undefined
  const tell = async () => {
    cancelling.cancelled()
    while (isRunning) {
      telling = cancelling.cancel(connection.processID).catch(() => endConnection(connection))
      await telling
      await sleep(CANCEL_AGAIN_MS, undefined, { ref: false })
    }
  }
  const abort = () => void tell()
  call.signal.addEventListener('abort', abort, { once: true })
  try {
    return await run()
  } finally {
    isRunning = false
    call.signal.removeEventListener('abort', abort)
    await telling
  }
}
