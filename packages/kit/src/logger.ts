import { trace } from '@opentelemetry/api'
import { type Logger as PinoLogger, pino } from 'pino'

/** Structured logs, one JSON object a line. Ids yes; payloads, tokens and keys never. */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(fields: Record<string, unknown>): Logger
}

const REDACTED = [
  'token',
  '*.token',
  'access_token',
  '*.access_token',
  'password',
  '*.password',
  'signature',
  '*.signature',
  'challenge',
  '*.challenge',
  'nonce',
  '*.nonce',
  'authorization',
  '*.authorization',
]

/** The logger of a process. Lines within a span carry its trace id. */
export const createLogger = (service: string, level: string): Logger =>
  pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: REDACTED, censor: '[redacted]' },
    mixin: () => {
      const span = trace.getActiveSpan()
      return span ? { trace_id: span.spanContext().traceId } : {}
    },
  })

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
