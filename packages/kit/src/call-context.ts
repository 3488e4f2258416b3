import { Failure, HEADERS, type Procedure } from '@meshboard/contracts'
import type { CallContext, Runtime } from './define-service.ts'
import type { Incoming } from './incoming.ts'
import type { Logger } from './logger.ts'

/** A call as its handler sees it. What few handlers ask for is made when they do. */
export class ServedCall implements CallContext<Procedure> {
  readonly input: unknown
  readonly caller: CallContext<Procedure>['caller']
  readonly deadline: number
  readonly idempotencyKey: string | undefined
  readonly traceId: string
  readonly log: Logger
  readonly #incoming: Incoming
  readonly #runtime: Runtime

  constructor(incoming: Incoming, runtime: Runtime) {
    this.input = incoming.input
    this.caller = incoming.caller as CallContext<Procedure>['caller']
    this.deadline = incoming.deadline
    this.idempotencyKey = incoming.request.headers[HEADERS.idempotencyKey]
    this.traceId = incoming.traceId
    this.log = runtime.log
    this.#incoming = incoming
    this.#runtime = runtime
  }

  get signal(): AbortSignal {
    return this.#incoming.signal
  }

  get fail(): CallContext<Procedure>['fail'] {
    const { name, failures } = this.#incoming.procedure
    return (code, details) => {
      const spec = failures[code]
      if (!spec) throw new Error(`${name} does not declare ${code}`)
      throw new Failure(code, spec, details)
    }
  }

  /** Until when, and that it ends with this call, the client knows by the active call. */
  get call(): CallContext<Procedure>['call'] {
    const { caller } = this.#incoming
    const options = caller ? { token: caller.token } : {}
    return (procedure, input) => this.#runtime.rpc.call(procedure, input, options)
  }
}
