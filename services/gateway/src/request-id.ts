import { randomUUID } from 'node:crypto'
import type { RequestMiddleware } from './request.ts'

const GIVEN = /^[A-Za-z0-9_-]{1,64}$/

/** Names the request as the client did in `X-Request-Id`, or by a name of ours; tells it back. */
export const requestId: RequestMiddleware = (ctx, next) => {
  const given = ctx.get('x-request-id')
  ctx.state.requestId = GIVEN.test(given) ? given : randomUUID()
  ctx.set('x-request-id', ctx.state.requestId)
  return next()
}
