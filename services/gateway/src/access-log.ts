import type { Readable } from 'node:stream'
import { type Logger, activeTraceId } from '@meshboard/kit'
import type { RequestContext, RequestMiddleware } from './request.ts'

const PATH_MAX = 128
/** A longer part of a path may be a token or a key that somebody put there. */
const PART_MAX = 32

/** One line a request, once its answer has been sent. Never its query, headers or body. */
export const accessLog =
  (log: Logger): RequestMiddleware =>
  (ctx, next) => {
    const began = performance.now()
    const traceId = activeTraceId()
    const bytesSent = countBytes(ctx)
    ctx.res.once('close', () => {
      const duration_ms = Math.round(performance.now() - began)
      log.info({ ...lineOf(ctx), bytes: bytesSent(), duration_ms, trace_id: traceId }, 'request')
    })
    return next()
  }

const lineOf = (ctx: RequestContext) => {
  const { requestId, route, code, caller, signal } = ctx.state
  return {
    request_id: requestId,
    method: ctx.method,
    ...(route === undefined ? { path: shown(ctx.path) } : { route }),
    status: ctx.status,
    code,
    user_id: caller?.userId,
    address: ctx.ip,
    client_gone: signal.aborted || undefined,
  }
}

/** A path that nobody serves: whatever a client has put there. */
const shown = (path: string): string =>
  path
    .split('/')
    .map((part) => (part.length > PART_MAX ? '…' : part))
    .join('/')
    .slice(0, PATH_MAX)

/** Counts an answer's body as it is sent: a compressed one goes through in pieces. */
const countBytes = ({ res, method }: RequestContext): (() => number) => {
  let piped: number | undefined
  res.once('pipe', (body: Readable) => {
    piped = 0
    body.on('data', (chunk: Buffer) => (piped = (piped ?? 0) + chunk.length))
  })
  const length = () => (method === 'HEAD' ? 0 : Number(res.getHeader('content-length') ?? 0))
  return () => piped ?? length()
}
