import { bodyParser } from '@koa/bodyparser'
import { Failure, failure } from '@meshboard/contracts'
import { DOOR_FAILURES } from './failure-catalogue.ts'
import type { RequestContext } from './request.ts'

/** Reads a request's body: JSON of at most `bytesMax` bytes, an object; none is the empty object. */
export const bodyReader = (bytesMax: number) => {
  const parse = bodyParser({ enableTypes: ['json'], jsonLimit: String(bytesMax) })
  return async (ctx: RequestContext): Promise<Record<string, unknown>> => {
    if (ctx.request.length === 0) return {}
    if (ctx.request.is('application/json') === false || isEncoded(ctx))
      throw new Failure('unsupported_media_type', DOOR_FAILURES.unsupported_media_type)
    await parse(ctx, () => Promise.resolve()).catch((error: unknown) => refuse(ctx, error))
    const body = ctx.request.body ?? {}
    if (isObject(body)) return body
    throw failure('invalid', { fields: { body: ['Send a JSON object.'] } })
  }
}

const isEncoded = (ctx: RequestContext): boolean =>
  !['', 'identity'].includes(ctx.get('content-encoding').toLowerCase())

/** The body parser's own errors carry a status; JSON that names `__proto__` is one of them. */
const refuse = (ctx: RequestContext, error: unknown): never => {
  // What is left unread would keep the connection from its next request.
  ctx.req.resume()
  const { status } = error as { status?: unknown }
  if (status === 413) throw new Failure('too_large', DOOR_FAILURES.too_large)
  if (status === 400) throw failure('message_parse_error')
  throw error
}

const isObject = (body: unknown): body is Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body)
