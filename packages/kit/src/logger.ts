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

/** Lines are gathered and written behind our back: those of the last tenth of a second die with a `kill -9`. */
const DESTINATION = { sync: false, minLength: 8_192, periodicFlush: 100 }

/** The logger of a process. Lines within a span carry its trace id, those for a call its fields. */
export const createLogger = (service: string, level: string): Logger => {
  const logger = pino(
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
    pino.destination(DESTINATION),
  )
  const { child } = logger
  // Loggers below have this one as their prototype; the library formats no fields of theirs.
  return Object.assign(logger, {
    child(this: PinoLogger, fields: Record<string, unknown>): Logger {
      return child.call(this, withoutSecrets(fields))
    },
  })
}

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
