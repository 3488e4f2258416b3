import {
  SpanKind,
  SpanStatusCode,
  activeTraceId,
  activeTraceparent,
  contextFrom,
  inSpan,
} from '@meshboard/kit'
import type { RequestMiddleware } from './request.ts'

/**
 * Puts the request into the client's trace (W3C `traceparent`), and tells the client the trace it
 * is in: `traceresponse` and, easier to read, `x-trace-id`.
 */
export const tracing: RequestMiddleware = (ctx, next) =>
  inSpan(
    {
      name: ctx.method,
      kind: SpanKind.SERVER,
      parent: contextFrom(ctx.get('traceparent') || undefined),
      attributes: { 'http.request.method': ctx.method, 'url.path': ctx.path },
    },
    async (span) => {
      ctx.state.span = span
      ctx.set('x-trace-id', activeTraceId())
      const position = activeTraceparent()
      if (position !== undefined) ctx.set('traceresponse', position)
      await next()
      span.setAttribute('http.response.status_code', ctx.status)
      if (ctx.state.code !== undefined) span.setAttribute('error.type', ctx.state.code)
      if (ctx.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    },
  )
