import {
  Failure,
  type Procedure,
  cancelSubject,
  localName,
  rpcSubject,
  serviceOf,
} from '@meshboard/contracts'
import { BrokerError } from './broker/broker.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { callSpan } from './span-attributes.ts'
import type { SpanSpec } from './telemetry.ts'

/** A procedure as a client calls it: all that is the same at each call. */
export interface Target {
  readonly procedure: Procedure
  readonly subject: string
  readonly cancelSubject: string
  readonly breaker: CircuitBreaker
  readonly span: SpanSpec
}

/** Makes ready to call a procedure. */
export const targetOf = (procedure: Procedure): Target => {
  const service = serviceOf(procedure.name)
  const method = localName(procedure.name)
  return {
    procedure,
    subject: rpcSubject(service, method),
    cancelSubject: cancelSubject(service),
    breaker: new CircuitBreaker(isAway),
    span: callSpan(procedure),
  }
}

/** The refusals that say as much of a target as no answer does. */
const AWAY: ReadonlySet<string | undefined> = new Set(['unavailable', 'deadline_exceeded'])

/** Whether a reply with that failure counts as none. */
export const saysAway = (code: string | undefined): boolean => AWAY.has(code)

/** Nobody there, no answer in time, or unable to: not a refusal, and not too busy. */
const isAway = (error: unknown): boolean =>
  error instanceof BrokerError
    ? error.fault === 'no_responders' || error.fault === 'timeout'
    : error instanceof Failure && saysAway(error.code)
