import { Failure } from '@meshboard/contracts'
import { BrokerError } from './broker/broker.ts'

/** Why an attempt is made again. */
export type RetryCause = 'no_responders' | 'disconnected' | 'timeout' | 'overloaded' | 'unavailable'

/** How an attempt ended that may be made again. */
interface Miss {
  readonly cause: RetryCause
  /** Whether a handler may have seen it: then only what may have its effect twice is repeated. */
  readonly mayHaveRun: boolean
  /** Whether no service has got it: such are repeated at each hop, the others by the first alone. */
  readonly isUndelivered: boolean
  readonly retryAfterMs: number
}

/** What of a call decides whether an attempt of it may be made again. */
export interface Repeatable {
  /** The contract says that a second effect is none, or the call carries an idempotency key. */
  readonly isRepeatable: boolean
  /** Nobody called the caller: retries at every hop would multiply. */
  readonly isFirstHop: boolean
}

/** The attempts a call may have, the first one included. */
const ATTEMPTS_MAX = 3
const JITTER_MS = 250
const RECONNECTED_MS_MIN = 25

/** How an attempt ended, and which one it was, from 1 on; lost connections are not counted. */
export interface Ended {
  readonly error: unknown
  readonly attempt: number
}

/** Why an attempt that ended so may be made again; undefined when it may not. */
export const retryCauseOf = (
  { error, attempt }: Ended,
  call: Repeatable,
): RetryCause | undefined => {
  const miss = missOf(error)
  if (!miss || attempt >= attemptsMax(miss)) return undefined
  if (miss.mayHaveRun && !call.isRepeatable) return undefined
  return call.isFirstHop || miss.isUndelivered ? miss.cause : undefined
}

/** A lost connection is waited for, so a call is made again as often as its deadline allows. */
const attemptsMax = ({ cause }: Miss): number =>
  cause === 'disconnected' ? Number.POSITIVE_INFINITY : ATTEMPTS_MAX

/** Whether the attempt never left this process: no budget limits those. */
export const isFree = (cause: RetryCause): boolean => cause === 'disconnected'

/** How long to wait after an attempt: full jitter, and not sooner than the service has said. */
export const retryWaitMs = ({ error, attempt }: Ended): number => {
  const miss = missOf(error)
  if (miss?.cause === 'disconnected') return RECONNECTED_MS_MIN + Math.random() * JITTER_MS
  return (miss?.retryAfterMs ?? 0) + Math.random() * JITTER_MS * 2 ** (attempt - 1)
}

const missOf = (error: unknown): Miss | undefined =>
  error instanceof BrokerError ? unanswered(error) : refused(error)

const unanswered = ({ fault }: BrokerError): Miss | undefined => {
  if (fault === 'no_responders') return { ...UNDELIVERED, cause: fault }
  // A request that was on its way fails so only when it may be repeated.
  if (fault === 'disconnected') return { ...UNDELIVERED, cause: fault }
  if (fault !== 'timeout') return undefined
  return { cause: fault, mayHaveRun: true, isUndelivered: false, retryAfterMs: 0 }
}

const UNDELIVERED = { mayHaveRun: false, isUndelivered: true, retryAfterMs: 0 }

const refused = (error: unknown): Miss | undefined => {
  const cause = error instanceof Failure ? CAUSES.get(error.code) : undefined
  if (!(error instanceof Failure) || cause === undefined) return undefined
  return {
    cause,
    mayHaveRun: !unstarted.has(error),
    isUndelivered: false,
    retryAfterMs: error.retryAfterMs ?? 0,
  }
}

/** A service that ends a call at its deadline says so, mostly before its caller has noticed. */
const CAUSES: ReadonlyMap<string, RetryCause> = new Map([
  ['overloaded', 'overloaded'],
  ['unavailable', 'unavailable'],
  ['deadline_exceeded', 'timeout'],
])

const unstarted = new WeakSet<Failure>()

/** Marks a refusal that no handler has seen the call of. */
export const asUnstarted = (refusal: Failure): Failure => {
  unstarted.add(refusal)
  return refusal
}
