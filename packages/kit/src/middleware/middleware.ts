import type { Procedure } from '@meshboard/contracts'
import type { Message } from '../broker/broker.ts'
import type { Caller } from '../caller.ts'
import type { Handler } from '../define-service.ts'

/** One call on its way to its handler; each middleware fills in what it has found out. */
export interface Incoming {
  readonly procedure: Procedure
  readonly handler: Handler<Procedure, unknown>
  readonly request: Message
  readonly receivedAt: number
  deadline: number
  signal: AbortSignal
  caller: Caller | undefined
  input: unknown
  traceId: string
}

/** Wraps the rest of the way: what it throws ends the call, what `next` gives is the answer. */
export type Middleware = (incoming: Incoming, next: () => Promise<unknown>) => Promise<unknown>

/** The middlewares as one, the first outermost. */
export const chain =
  (middlewares: readonly Middleware[], last: (incoming: Incoming) => Promise<unknown>) =>
  (incoming: Incoming): Promise<unknown> => {
    const step = (index: number): Promise<unknown> => {
      const middleware = middlewares[index]
      return middleware ? middleware(incoming, () => step(index + 1)) : last(incoming)
    }
    return step(0)
  }
