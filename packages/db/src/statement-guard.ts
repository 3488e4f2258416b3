import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from '@meshboard/contracts'
import { type ActiveCall, activeCall, isOver } from '@meshboard/kit'
import { type Connection, type Done, textOf } from './connection.ts'

/** Has the server cancel what runs on the connection of that process id; resolved once it was told. */
export type Cancel = (processId: number) => Promise<void>

/** A cancel that comes before the server has begun the statement is lost, so it is repeated. */
const CANCEL_AGAIN_MS = 100
/** What ends a transaction is carried out, whoever still waits for it. */
const ENDS = /^\s*(commit|rollback)/i

/**
 * Binds the statements of a connection to the call they are made for: one that is over gets none
 * begun, and what runs when it ends is cancelled. A connection takes its next statement only when no
 * cancel is on its way to it. Statements outside of a call are left alone.
 */
export const guardStatements = (connection: Connection, cancel: Cancel): void => {
  const send = connection.query.bind(connection)
  connection.query = (statement, done) => {
    const call = activeCall()
    if (!call || ENDS.test(textOf(statement))) return send(statement, done)
    if (isOver(call)) return process.nextTick(done, failure('deadline_exceeded'))
    return send(statement, cancelledWith(call, { cancel, connection, done }))
  }
}

interface Guarded {
  cancel: Cancel
  connection: Connection
  done: Done
}

/** `done`, with the statement cancelled meanwhile when the call ends. */
const cancelledWith = ({ signal }: ActiveCall, { cancel, connection, done }: Guarded): Done => {
  let isRunning = true
  let telling: Promise<void> | undefined
  const tell = async () => {
    while (isRunning) {
      await (telling = cancel(connection.processID))
      await sleep(CANCEL_AGAIN_MS, undefined, { ref: false })
    }
  }
  const abort = () => void tell()
  signal.addEventListener('abort', abort, { once: true })
  const finish = async (...end: Parameters<Done>) => {
    await telling
    done(...end)
  }
  return (error, result) => {
    isRunning = false
    signal.removeEventListener('abort', abort)
    if (telling) void finish(error, result)
    else done(error, result)
  }
}
