import {
  Failure,
  type FailureEnvelope,
  HEADERS,
  type Procedure,
  failure,
} from '@meshboard/contracts'
import { BrokerError, type Message } from './broker/broker.ts'
import { decodeJson } from './json.ts'
import { asUnstarted } from './retry.ts'

/** What a call answered. Throws the `Failure` it was refused with. */
export const outputOf = (procedure: Procedure, answer: Message): unknown => {
  if (answer.headers[HEADERS.failure] !== undefined) throw refusalIn(procedure, answer)
  return parsed(procedure, answer)
}

/** The `Failure` that a failed reply carries. */
export const refusalIn = (procedure: Procedure, answer: Message): Failure => {
  const envelope = parsed(procedure, answer) as FailureEnvelope
  const refusal = Failure.fromEnvelope(envelope, procedure.failures)
  return answer.headers[HEADERS.unstarted] === undefined ? refusal : asUnstarted(refusal)
}

const parsed = ({ name }: Procedure, answer: Message): unknown => {
  try {
    return decodeJson(answer.data)
  } catch (error) {
    throw new Error(`${name} answered with something that is not JSON`, { cause: error })
  }
}

/** What an attempt's fault is to a caller. */
export const toFailure = (error: unknown): Failure => {
  if (error instanceof Failure) return error
  if (error instanceof Error && error.name === 'AbortError') return failure('deadline_exceeded')
  if (!(error instanceof BrokerError)) return Object.assign(failure('internal'), { cause: error })
  if (error.fault === 'timeout' || error.fault === 'aborted') return failure('deadline_exceeded')
  if (error.fault === 'forbidden') return Object.assign(failure('internal'), { cause: error })
  if (error.fault === 'too_large')
    return failure('invalid', { message: 'The message is too large.' })
  return failure('unavailable', { retryAfterMs: 1_000 })
}
