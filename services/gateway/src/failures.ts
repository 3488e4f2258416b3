import { STATUS_CODES } from 'node:http'
import { FAILURES, Failure, failure } from '@meshboard/contracts'
import { type Logger, activeTraceId } from '@meshboard/kit'
import { DOOR_FAILURES, failureCatalogue } from './failure-catalogue.ts'
import type { RequestContext, RequestMiddleware } from './request.ts'

/**
 * Answers every failure as a problem document (RFC 9457). What is no `Failure` is a bug: the client
 * gets `internal` and a trace id, the log gets the cause.
 */
export const failures =
  (log: Logger): RequestMiddleware =>
  async (ctx, next) => {
    try {
      await next()
      const missing = unanswered(ctx)
      if (missing) refuse(ctx, missing)
    } catch (error) {
      if (!(error instanceof Failure)) log.error({ err: error, ...where(ctx) }, 'request failed')
      refuse(ctx, error instanceof Failure ? error : new Failure('internal', FAILURES.internal))
    }
  }

const where = ({ state, method }: RequestContext) => ({
  request_id: state.requestId,
  method,
  route: state.route,
})

/** What the router leaves without a body: nothing there, or not with this method. */
const unanswered = (ctx: RequestContext): Failure | undefined => {
  if (ctx.body !== undefined && ctx.body !== null) return undefined
  if (ctx.status === 404) return failure('not_found')
  if (ctx.status === 405) return new Failure('method_not_allowed', DOOR_FAILURES.method_not_allowed)
  if (ctx.status === 501) return new Failure('not_implemented', DOOR_FAILURES.not_implemented)
  return undefined
}

const refuse = (ctx: RequestContext, failed: Failure): void => {
  ctx.state.code = failed.code
  ctx.status = failed.status
  ctx.body = problemOf(failed)
  ctx.set('content-type', 'application/problem+json')
  ctx.set('cache-control', 'no-store')
  if (failed.retryAfterMs !== undefined) ctx.set('retry-after', String(secondsOf(failed)))
  if (failed.status === 401) ctx.set('www-authenticate', challengeOf(ctx, failed))
}

/** The failure as RFC 9457 has it; its `type` is an address of this door, where the code is explained. */
const problemOf = (failed: Failure) => {
  const { message, ...envelope } = failed.toEnvelope(activeTraceId())
  return {
    type: `/failures#${failed.code}`,
    title: failureCatalogue[failed.code]?.message ?? STATUS_CODES[failed.status] ?? failed.code,
    status: failed.status,
    detail: message,
    ...envelope,
    ...(failed.code === 'rate_limited' && { retry_after: secondsOf(failed) }),
  }
}

const secondsOf = ({ retryAfterMs = 0 }: Failure): number =>
  Math.max(1, Math.ceil(retryAfterMs / 1000))

/** RFC 6750: that a token is wanted, and whether the one that came was no good. */
const challengeOf = (ctx: RequestContext, { code }: Failure): string => {
  const refused = code === 'unauthorized' || code === 'session_expired'
  const error = refused && ctx.get('authorization') !== '' ? ', error="invalid_token"' : ''
  return `Bearer realm="meshboard"${error}`
}
