import { type StrictTransport, strictTransport } from '@meshboard/kit'
import helmet from 'koa-helmet'
import type { RequestMiddleware } from './request.ts'

/** For an API: nothing it answers may run, be framed or be read by another site's page. */
export const securityHeaders = (transport: StrictTransport): RequestMiddleware => {
  const secure: RequestMiddleware = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], formAction: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
  })
  return async (ctx, next) => {
    ctx.set(strictTransport(ctx.req, transport))
    await secure(ctx, next)
  }
}
