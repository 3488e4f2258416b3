import { failure } from '@meshboard/contracts'
import type { Runtime } from '@meshboard/kit'
import type { RequestMiddleware } from './request.ts'

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i

/** Proves who asks by the bearer token (RFC 6750). What they may do, the service decides. */
export const authenticate =
  (verify: Runtime['verify']): RequestMiddleware =>
  async (ctx, next) => {
    const token = BEARER.exec(ctx.get('authorization'))?.[1]
    if (token === undefined) throw failure('unauthorized')
    ctx.state.caller = await verify(token)
    await next()
  }
