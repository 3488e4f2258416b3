import Koa from 'koa'
import { accessLog } from './access-log.ts'
import { compression } from './compression.ts'
import { crossOrigin } from './cross-origin.ts'
import { failures } from './failures.ts'
import { hangUp } from './hang-up.ts'
import { requestId } from './request-id.ts'
import type { RequestMiddleware, RequestState } from './request.ts'
import { type Door, createRouter } from './routes.ts'
import { securityHeaders } from './security-headers.ts'
import { tracing } from './tracing.ts'

/** What every request goes through, in this order. */
export const createApp = (door: Door): Koa<RequestState> => {
  const { config, log } = door.runtime
  const router = createRouter(door)
  const app = new Koa<RequestState>({
    proxy: config.trustedHops > 0,
    maxIpsCount: config.trustedHops,
  })
  app.use(tracing)
  app.use(requestId)
  app.use(hangUp)
  app.use(accessLog(log))
  app.use(securityHeaders(config))
  app.use(crossOrigin(config.corsOrigins))
  app.use(compression())
  app.use(failures(log))
  app.use(noStore)
  app.use(router.routes())
  app.use(router.allowedMethods())
  app.on('error', (error: Error) => log.warn({ err: error }, 'answer not delivered'))
  return app
}

const noStore: RequestMiddleware = (ctx, next) => {
  ctx.set('cache-control', 'no-store')
  return next()
}
