import helmet from 'koa-helmet'
import type { RequestMiddleware } from './request.ts'

const NOTHING = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
  formAction: ["'none'"],
}

const policyOf = (directives: Record<string, readonly string[]>): RequestMiddleware =>
  helmet.contentSecurityPolicy({ useDefaults: false, directives })

/** For pages of our own: what they load and ask comes from this door, and nothing stands in them. */
export const pagePolicy: RequestMiddleware = policyOf({
  ...NOTHING,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
})

/**
 * For the API reference, whose script writes styles of its own into the page. Scripts, requests and
 * all else come from this door.
 */
export const referencePolicy: RequestMiddleware = policyOf({
  ...NOTHING,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
})
