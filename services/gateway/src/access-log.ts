import type { Logger } from '@meshboard/kit'
import type { RequestMiddleware } from './request.ts'

const PATH_MAX = 128

/** One line a request. Never its query, headers or body. */
export const accessLog =
  (log: Logger): RequestMiddleware =>
  async (ctx, next) => {
    const began = performance.now()
    await next()
    const { requestId, route, code, caller, signal } = ctx.state
    log.info(
      {
        request_id: requestId,
        method: ctx.method,
        ...(route === undefined ? { path: ctx.path.slice(0, PATH_MAX) } : { route }),
        status: ctx.status,
        code,
        user_id: caller?.userId,
        client_gone: signal.aborted || undefined,
        duration_ms: Math.round(performance.now() - began),
      },
      'request',
    )
  }
