import { FAILURES, Failure, HEADERS, SERVICE_ERROR, failure } from '@meshboard/contracts'
import { encodeJson } from './json.ts'

/** What goes back to the caller. */
export interface Answer {
  readonly body: Uint8Array
  readonly headers?: Record<string, string>
}

/** The answer of a call that succeeded. */
export const success = (output: unknown): Answer => ({ body: encodeJson(output) })

/** The answer of a call that failed; what is no `Failure` is a bug and says nothing but `internal`. */
export const refusal = (error: unknown, traceId: string): Answer => {
  const refused = error instanceof Failure ? error : failure('internal')
  return {
    body: encodeJson(refused.toEnvelope(refused.traceId ?? traceId)),
    headers: headersOf(refused.code, refused.status),
  }
}

/** The answer of a call that no handler has seen, made without the cost of an `Error`. */
export const overloaded = (retryAfterMs: number, traceId: string): Answer => {
  const { status, message, retry } = FAILURES.overloaded
  return {
    body: encodeJson({
      code: 'overloaded',
      message,
      retry,
      retry_after_ms: retryAfterMs,
      trace_id: traceId,
    }),
    headers: { ...headersOf('overloaded', status), [HEADERS.unstarted]: '1' },
  }
}

const headersOf = (code: string, status: number): Record<string, string> => ({
  [HEADERS.failure]: code,
  [SERVICE_ERROR.code]: String(status),
  [SERVICE_ERROR.text]: code,
})
