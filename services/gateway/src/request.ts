import type { Caller, Span } from '@meshboard/kit'
import type Koa from 'koa'

/** The span of a request. */

/** What the middlewares have found out about a request. */
export interface RequestState {
  span: Span
  /** Aborts when the client has gone. */
  signal: AbortSignal
  requestId: string
  /** The template of its route, once that is known. */
  route?: string
  /** The failure it ended with. */
  code?: string
  /** Who asks, where the route asks for that. */
  caller?: Caller
}

export type RequestContext = Koa.ParameterizedContext<RequestState>
export type RequestMiddleware = Koa.Middleware<RequestState>
