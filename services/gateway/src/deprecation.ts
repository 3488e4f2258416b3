import { type Deprecation, localName, serviceOf } from '@meshboard/contracts'
import type { RequestMiddleware } from './request.ts'

/**
 * Tells who calls something on its way out: since when (RFC 9745), until when (RFC 8594), and where
 * it says what to use instead.
 */
export const deprecation = (name: string, { since, until }: Deprecation): RequestMiddleware => {
  const page = `/catalog/${serviceOf(name)}#${localName(name)}`
  return (ctx, next) => {
    ctx.set('deprecation', `@${Date.parse(since) / 1_000}`)
    ctx.set('link', `<${page}>; rel="deprecation"; type="text/html"`)
    if (until !== undefined) ctx.set('sunset', new Date(until).toUTCString())
    return next()
  }
}
