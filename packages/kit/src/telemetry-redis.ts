import { tracingChannel } from 'node:diagnostics_channel'
import { SpanKind } from '@opentelemetry/api'
import { type Span, endSpan, startChildSpan } from './telemetry.ts'

/** What ioredis says of a command on its diagnostics channel; its arguments are not looked at. */
interface Command {
  readonly command: string
  readonly error?: unknown
}

/** Puts each Redis command into the trace of who sends it. Gives the way to stop that. */
export const traceRedis = (): (() => void) => {
  const spans = new WeakMap<Command, Span>()
  const channel = tracingChannel<Command, Command>('ioredis:command')
  const listeners = {
    start(command: Command) {
      const span = startChildSpan(() => spanOf(command))
      if (span) spans.set(command, span)
    },
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: (command: Command) => endSpan(spans.get(command), command.error),
    error: () => undefined,
  }
  channel.subscribe(listeners)
  return () => {
    channel.unsubscribe(listeners)
  }
}

const spanOf = ({ command }: Command) => {
  const operation = command.toUpperCase()
  return {
    name: operation,
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'redis', 'db.operation.name': operation },
  }
}
