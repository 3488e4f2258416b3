import { HEADERS, type Procedure } from '@meshboard/contracts'
import { activeCall } from './active-call.ts'
import type { Repeatable } from './retry.ts'
import type { Target } from './rpc-target.ts'

/** For whom and until when a call is made. */
export interface CallOptions {
  /** The access token of the user who asks. */
  token?: string
  /**
   * When to give up, milliseconds since 1970. Where the procedure may be called again after a
   * time-out (it is idempotent, or there is an idempotency key) its own time-out limits one attempt;
   * otherwise the sooner of the two counts. Under an active call never later than that.
   */
  deadline?: number
  /** Gives up: the call fails `deadline_exceeded`, and the service is told. */
  signal?: AbortSignal
  idempotencyKey?: string
}

/** A broker that is away longer than that is not waited for: calls would pile up. */
const AWAY_MS_MAX = 3_000

/** What a caller that is itself called keeps of its time, so that its own answer still arrives. */
const ANSWER_MS = 5

/** One call, however often it is attempted. */
export interface Call extends Repeatable {
  readonly target: Target
  readonly body: Uint8Array
  readonly options: CallOptions
  readonly deadline: number
  readonly signal: AbortSignal | undefined
  readonly traceparent: string
}

/** A call as it stands before the first attempt, under the active call if there is one. */
export const callTo = (
  ...[target, body, options, traceparent]: [Target, Uint8Array, CallOptions, string]
): Call => {
  const { procedure } = target
  const active = activeCall()
  const isKeyed = options.idempotencyKey !== undefined && honoursKeys(procedure)
  const isRepeatable = procedure.idempotent || isKeyed
  const ownDeadline = Date.now() + procedure.timeoutMs
  const given = Math.min(
    options.deadline ?? Number.POSITIVE_INFINITY,
    active ? active.deadline - ANSWER_MS : Number.POSITIVE_INFINITY,
  )
  const isLimited = given < Number.POSITIVE_INFINITY && (isRepeatable || given < ownDeadline)
  return {
    target,
    body,
    options,
    traceparent,
    isRepeatable,
    isFirstHop: active?.isCalled !== true,
    deadline: isLimited ? given : ownDeadline,
    signal: signalOf(options.signal, active?.signal),
  }
}

/** A key is one caller's: where nobody in particular calls, nothing is remembered under it. */
const honoursKeys = ({ access }: Procedure): boolean => access !== 'public' && access !== 'service'

const signalOf = (given: AbortSignal | undefined, active: AbortSignal | undefined) =>
  given && active ? AbortSignal.any([given, active]) : (given ?? active)

/** What an attempt tells the service besides its input. */
export const headersOf = (
  { options, traceparent }: Call,
  attempt: { id: string; deadline: number; now: number },
): Record<string, string> => {
  const headers: Record<string, string> = {
    [HEADERS.deadline]: String(attempt.deadline),
    [HEADERS.budget]: String(Math.max(0, attempt.deadline - attempt.now)),
    [HEADERS.callId]: attempt.id,
    [HEADERS.traceparent]: traceparent,
  }
  if (options.token !== undefined) headers[HEADERS.token] = options.token
  if (options.idempotencyKey !== undefined) headers[HEADERS.idempotencyKey] = options.idempotencyKey
  return headers
}

/** How long a call waits for a broker that is away. */
export const patienceOf = ({ deadline, signal }: Call) => ({
  deadline: Math.min(deadline, Date.now() + AWAY_MS_MAX),
  signal,
})
