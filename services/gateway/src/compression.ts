import compress from 'koa-compress'
import type { RequestMiddleware } from './request.ts'

/** A shorter body gains nothing. */
const BYTES_MIN = 1_024

/** Compresses answers with Brotli or gzip, as the client accepts; which one, caches are told by `Vary`. */
export const compression = (): RequestMiddleware =>
  compress({ threshold: BYTES_MIN, zstd: false, deflate: false })

/**
 * Keeps an answer as it is. For what holds secrets: beside text that somebody else has chosen, the
 * size of a compressed secret betrays it (BREACH, CVE-2013-3587).
 */
export const uncompressed: RequestMiddleware = (ctx, next) => {
  ctx['compress'] = false
  return next()
}
