import cors from '@koa/cors'
import type { RequestMiddleware } from './request.ts'

const PREFLIGHT_SECONDS = 600

/** Lets pages of the given origins call the API (`*`: of all). No cookies are involved, so none are allowed. */
export const crossOrigin = (origins: readonly string[]): RequestMiddleware =>
  cors({
    origin(ctx) {
      if (origins.includes('*')) return '*'
      const origin = ctx.get('origin')
      return origins.includes(origin) ? origin : ''
    },
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'traceparent',
      'x-request-id',
    ],
    exposeHeaders: [
      'deprecation',
      'link',
      'location',
      'retry-after',
      'sunset',
      'traceresponse',
      'x-request-id',
      'x-trace-id',
    ],
    maxAge: PREFLIGHT_SECONDS,
  })
