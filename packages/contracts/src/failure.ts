/** What a caller should do after a failure. `now`: the same call may be sent again at once. */
export type Retry = 'never' | 'now' | 'later' | 'after_auth'

/** The declaration of one refusal: its HTTP status, its retry advice and the sentence a person reads. */
export interface FailureSpec {
  readonly status: number
  readonly retry: Retry
  readonly message: string
}

/**
 * The failures that mean the same everywhere. A code never changes its meaning.
 * Those of `ANY_CALL` may come from every call; a procedure declares the others it raises.
 */
export const FAILURES = {
  unauthorized: { status: 401, retry: 'after_auth', message: 'Sign in first.' },
  invalid_credentials: { status: 401, retry: 'never', message: 'Wrong name or password.' },
  session_expired: {
    status: 401,
    retry: 'after_auth',
    message: 'The session has ended; sign in again.',
  },
  invalid_signature: { status: 401, retry: 'never', message: 'The signature does not verify.' },
  auth_failed: { status: 401, retry: 'never', message: 'The login was refused.' },
  unknown_key: { status: 401, retry: 'never', message: 'Nobody has registered this key.' },
  forbidden: { status: 403, retry: 'never', message: 'You may not do this.' },
  not_found: {
    status: 404,
    retry: 'never',
    message: 'There is no such thing, or it is not yours.',
  },
  conflict: { status: 409, retry: 'never', message: 'Already taken, or changed by someone else.' },
  invalid: { status: 422, retry: 'never', message: 'Some fields are not valid.' },
  message_parse_error: { status: 400, retry: 'never', message: 'The message is not valid JSON.' },
  unsupported: { status: 400, retry: 'never', message: 'This is not understood here.' },
  invalid_network_data: {
    status: 422,
    retry: 'never',
    message: 'The network data cannot be used.',
  },
  rate_limited: { status: 429, retry: 'later', message: 'Too many requests; slow down.' },
  overloaded: { status: 503, retry: 'later', message: 'Too busy right now.' },
  unavailable: { status: 503, retry: 'later', message: 'The service is not there right now.' },
  deadline_exceeded: { status: 504, retry: 'later', message: 'No answer in time.' },
  connection_error: { status: 503, retry: 'now', message: 'The connection could not be made.' },
  connection_closed: { status: 503, retry: 'now', message: 'The connection was closed.' },
  internal: { status: 500, retry: 'later', message: 'Something went wrong on our side.' },
} as const satisfies Record<string, FailureSpec>

/** A code of the shared catalogue. */
export type CommonCode = keyof typeof FAILURES

/** The codes that any call may end with, declared or not. */
export const ANY_CALL = [
  'unauthorized',
  'session_expired',
  'forbidden',
  'invalid',
  'message_parse_error',
  'unsupported',
  'rate_limited',
  'overloaded',
  'unavailable',
  'deadline_exceeded',
  'internal',
] as const satisfies readonly CommonCode[]

/** Picks failures of the shared catalogue for a procedure's declaration. */
export const failures = <C extends CommonCode>(...codes: C[]): Record<C, FailureSpec> =>
  Object.fromEntries(codes.map((code): [C, FailureSpec] => [code, FAILURES[code]])) as Record<
    C,
    FailureSpec
  >

/** What a failure may carry besides its code; everything here may be seen by the caller. */
export interface FailureDetails {
  message?: string
  retry?: Retry
  /** Milliseconds until a retry makes sense, with `retry: 'later'`. */
  retryAfterMs?: number
  /** Sentences by field name, with code `invalid`. */
  fields?: Record<string, string[]>
  details?: Record<string, unknown>
}

/** The one form in which a failure travels: RPC replies, `error` frames, problem documents. */
export interface FailureEnvelope {
  code: string
  message: string
  retry: Retry
  retry_after_ms?: number
  fields?: Record<string, string[]>
  details?: Record<string, unknown>
  trace_id: string
}

/**
 * An expected refusal that a caller may see. Anything else that is thrown is a bug: the caller
 * gets `internal` and a trace id, and the log gets the cause.
 */
export class Failure extends Error {
  readonly code: string
  readonly status: number
  readonly retry: Retry
  readonly retryAfterMs: number | undefined
  readonly fields: Record<string, string[]> | undefined
  readonly details: Record<string, unknown> | undefined
  /** The trace of the call that failed, where the failure came over a wire. */
  readonly traceId: string | undefined

  constructor(code: string, spec: FailureSpec, details: FailureDetails = {}, traceId?: string) {
    super(details.message ?? spec.message)
    this.name = 'Failure'
    this.code = code
    this.status = spec.status
    this.retry = details.retry ?? spec.retry
    this.retryAfterMs = details.retryAfterMs
    this.fields = details.fields
    this.details = details.details
    this.traceId = traceId
  }

  /** The failure as it travels. `traceId` is that of the call it ends. */
  toEnvelope(traceId: string): FailureEnvelope {
    return {
      code: this.code,
      message: this.message,
      retry: this.retry,
      ...(this.retryAfterMs !== undefined && { retry_after_ms: this.retryAfterMs }),
      ...(this.fields && { fields: this.fields }),
      ...(this.details && { details: this.details }),
      trace_id: traceId,
    }
  }

  /** The failure that arrived as `envelope`; a code this build does not know keeps its words. */
  static fromEnvelope(envelope: FailureEnvelope, specs: Record<string, FailureSpec> = {}): Failure {
    const { code, message, retry, retry_after_ms, fields, details, trace_id } = envelope
    const spec = specs[code] ?? commonSpec(code) ?? { status: 500, retry, message }
    return new Failure(
      code,
      spec,
      {
        message,
        retry,
        ...(retry_after_ms !== undefined && { retryAfterMs: retry_after_ms }),
        ...(fields && { fields }),
        ...(details && { details }),
      },
      trace_id,
    )
  }
}

/** A failure of the shared catalogue. */
export const failure = (code: CommonCode, details?: FailureDetails): Failure =>
  new Failure(code, FAILURES[code], details)

const commonSpec = (code: string): FailureSpec | undefined =>
  (FAILURES as Record<string, FailureSpec>)[code]
