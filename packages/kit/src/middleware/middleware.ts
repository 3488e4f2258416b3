import type { Incoming } from '../incoming.ts'

/** Gives a call's output, or throws what it ends with. */
export type Answering = (incoming: Incoming) => Promise<unknown>

/** Wraps the rest of the way, once: what it throws ends the call, what `next` gives is the answer. */
export type Middleware = (next: Answering) => Answering

/** The middlewares as one, the first outermost. */
export const chain = (middlewares: readonly Middleware[], last: Answering): Answering =>
  middlewares.reduceRight((next, middleware) => middleware(next), last)
