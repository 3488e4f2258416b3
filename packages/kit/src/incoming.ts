import type { Context } from '@opentelemetry/api'
import { type Failure, HEADERS, type Priority, type Procedure } from '@meshboard/contracts'
import type { ActiveCall } from './active-call.ts'
import type { Message } from './broker/broker.ts'
import type { Caller } from './access-token.ts'
import type { Handler } from './define-service.ts'
import type { Done } from './metrics.ts'
import type { Slotted } from './slots.ts'

/** How much later than the budget says a caller whose clock is ahead may be waited for. */
const CLOCK_SKEW_MS = 250
const NO_TRACE = '0'.repeat(32)

/** One call on its way to its handler; each middleware fills in what it has found out. */
export class Incoming implements ActiveCall, Slotted {
  readonly handler: Handler<Procedure, unknown>
  readonly request: Message
  readonly receivedAt: number
  readonly isCalled = true
  readonly deadline: number
  caller: Caller | undefined
  input: unknown
  traceId: string
  /** When it got its place; 0 while it waits for one. */
  startedAt = 0
  /** Its one reply has been sent. */
  isAnswered = false
  slot = -1
  /** Where its handler stands: its trace and itself as the active call; none before its turn. */
  context: Context | undefined
  /** Ends its measurement. */
  done: Done | undefined
  #ended: Failure | undefined
  #abort: AbortController | undefined

  constructor(handler: Handler<Procedure, unknown>, request: Message) {
    this.handler = handler
    this.request = request
    this.receivedAt = Date.now()
    this.deadline = deadlineOf(request, handler.procedure, this.receivedAt)
    this.traceId = request.headers[HEADERS.traceparent]?.slice(3, 35) ?? NO_TRACE
  }

  get procedure(): Procedure {
    return this.handler.procedure
  }

  get priority(): Priority {
    return this.handler.procedure.priority
  }

  get callId(): string | undefined {
    return this.request.headers[HEADERS.callId]
  }

  get logFields(): Readonly<Record<string, unknown>> {
    return { call_id: this.callId, user_id: this.caller?.userId }
  }

  /** Made when it is first asked for: most calls end before anybody does. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController()
      if (this.#ended) this.#abort.abort(this.#ended)
    }
    return this.#abort.signal
  }

  /** Tells whatever works for the call that nobody waits for it any more. */
  end(reason: Failure): void {
    this.#ended = reason
    this.#abort?.abort(reason)
  }
}

const deadlineOf = ({ headers }: Message, procedure: Procedure, now: number): number => {
  const absolute = number(headers[HEADERS.deadline]) ?? now + procedure.timeoutMs
  const budget = number(headers[HEADERS.budget]) ?? procedure.timeoutMs
  return Math.min(absolute, now + budget + CLOCK_SKEW_MS)
}

const number = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text === undefined || !Number.isFinite(value) ? undefined : value
}
