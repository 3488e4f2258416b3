import type { RequestMiddleware } from './request.ts'

/** Lets the rest of the way know when the client has gone, so that nobody works for nobody. */
export const hangUp: RequestMiddleware = (ctx, next) => {
  const gone = new AbortController()
  ctx.state.signal = gone.signal
  ctx.res.once('close', () => {
    if (!ctx.res.writableFinished) gone.abort()
  })
  return next()
}
