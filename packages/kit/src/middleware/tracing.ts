import { HEADERS, type Procedure } from '@meshboard/contracts'
import { activeContext, contextOfCall } from '../active-call.ts'
import type { Incoming } from '../incoming.ts'
import { answerSpan, inRpcSpan } from '../span-attributes.ts'
import { type SpanSpec, contextFrom } from '../telemetry.ts'
import type { Middleware } from './middleware.ts'

/** Puts the call into its caller's trace, and makes it the active one. */
export const tracing: Middleware = (next) => {
  const specs = new Map<Procedure, SpanSpec>()
  return (incoming: Incoming) => {
    let spec = specs.get(incoming.procedure)
    if (!spec) specs.set(incoming.procedure, (spec = answerSpan(incoming.procedure)))
    const above = contextFrom(incoming.request.headers[HEADERS.traceparent])
    const parent = contextOfCall(above, incoming)
    return inRpcSpan({ ...spec, parent }, (span) => {
      incoming.traceId = span.spanContext().traceId
      incoming.context = activeContext()
      return next(incoming)
    })
  }
}
