import { Failure, failure } from '@meshboard/contracts'
import { sentenceOf, tlsFault } from '@meshboard/kit'

const code = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const UNIQUE_VIOLATION = '23505'
const UNDEFINED_TABLE = '42P01'
const QUERY_CANCELED = '57014'
const LOCK_NOT_AVAILABLE = '55P03'
/** Deadlock and serialization failure: the same transaction may succeed when run again. */
const RUN_AGAIN = new Set(['40001', '40P01'])
const NOT_THERE = /^(08|53|57P)|^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)/

/** Whether a statement broke the unique constraint or index of that name. */
export const isUniqueViolation = (error: unknown, constraint: string): boolean =>
  code(error) === UNIQUE_VIOLATION &&
  error instanceof Error &&
  'constraint' in error &&
  error.constraint === constraint

/** Whether a statement named a table that is not there, or a schema. */
export const isUndefinedTable = (error: unknown): boolean => code(error) === UNDEFINED_TABLE

/** Whether a lock could not be had in the time that `lock_timeout` allows. */
export const isLockedOut = (error: unknown): boolean => code(error) === LOCK_NOT_AVAILABLE

/** Whether a statement was cancelled: by its time-out, or by somebody. */
export const isCancelled = (error: unknown): boolean => code(error) === QUERY_CANCELED

/** Whether the transaction lost to another one and may be run again. */
export const mayRunAgain = (error: unknown): boolean => RUN_AGAIN.has(code(error))

/** Whether the database, or a connection to it, was not there. */
const isUnavailable = (error: unknown): boolean =>
  NOT_THERE.test(code(error)) ||
  tlsFault(error) !== undefined ||
  (error instanceof Error && (error.name === 'KnexTimeoutError' || LOST.test(error.message)))

/** What the driver says, without a code and behind the statement, of a connection that is gone. */
const LOST =
  /(Connection terminated.*|Connection ended unexpectedly|Client has encountered a connection error.*|Query read timeout|timeout expired)$/

/** Why a schema cannot be opened, in one sentence without a secret: a driver's message has none. */
export const openingFault = (error: unknown, databaseUrl: string): string => {
  const { host, pathname } = new URL(databaseUrl)
  const where = `the database "${pathname.slice(1)}" at ${host}`
  const text = sentenceOf(error)
  // A schema that lacks steps says so itself, without a code.
  if (code(error) === '' && !isUnavailable(error)) return text
  return `${where} is not opened: ${text.slice(text.lastIndexOf(' - ') + 1).replace(/^- /, '')}`
}

/**
 * What a database fault is to a caller: `unavailable` when the database is not there,
 * `deadline_exceeded` when the statement was cancelled, `overloaded` when the transaction lost to
 * others each time it was run. Any other fault stays what it is: a bug.
 */
export const toFailure = (error: unknown): unknown => {
  if (error instanceof Failure) return error
  if (isCancelled(error)) return failure('deadline_exceeded')
  if (mayRunAgain(error)) return refusal('overloaded', error)
  if (!isUnavailable(error)) return error
  return refusal('unavailable', error)
}

const refusal = (code: 'overloaded' | 'unavailable', cause: unknown): Failure =>
  Object.assign(failure(code, { retryAfterMs: 1_000 }), { cause })
