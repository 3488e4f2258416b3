import { HEADERS, localName, serviceOf } from '@meshboard/contracts'
import { SpanKind, contextFrom, inSpan } from '../telemetry.ts'
import type { Middleware } from './middleware.ts'

/** Puts the call into its caller's trace. */
export const tracing: Middleware = (incoming, next) => {
  const { procedure, request } = incoming
  return inSpan(
    {
      name: procedure.name,
      kind: SpanKind.SERVER,
      parent: contextFrom(request.headers[HEADERS.traceparent]),
      attributes: {
        'rpc.system.name': 'nats',
        'rpc.service': serviceOf(procedure.name),
        'rpc.method': localName(procedure.name),
      },
    },
    (span) => {
      incoming.traceId = span.spanContext().traceId
      return next()
    },
  )
}
