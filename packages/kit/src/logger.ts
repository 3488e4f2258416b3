import { trace } from '@opentelemetry/api'
import { type Logger as PinoLogger, pino } from 'pino'
import { activeCall } from './active-call.ts'
import { withoutSecrets } from './log-fields.ts'

/** Structured logs, one JSON object a line. Ids yes; payloads, tokens and keys never. */
export type Logger = Pick<
  PinoLogger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled' | 'flush'
> & {
  child(fields: Record<string, unknown>): Logger
}

/** The logger of a process. Lines within a span carry its trace id, those for a call its fields. */
export const createLogger = (service: string, level: string): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => withoutSecrets(fields),
      },
      serializers: { err: describeError },
      mixin: () => {
        const span = trace.getActiveSpan()
        const traced = span && { trace_id: span.spanContext().traceId }
        return { ...traced, ...activeCall()?.logFields }
      },
    },
    // Lines are written behind our back; from one byte up, `flush` says when the last is out.
    pino.destination({ sync: false, minLength: 1 }),
  )

/** Of an error only what says what happened: a driver hangs what was bound to a statement on it. */
const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? { code: error.code } : {}
  return {
    type: name,
    message,
    stack,
    ...code,
    ...(cause !== undefined && { cause: describeError(cause) }),
  }
}
