import { type ClientFrameOf, type Procedure, failure, findProcedure } from '@meshboard/contracts'
import type { Connection } from './connection.ts'

/** The calls of one socket that have no answer yet. */
export class Calls {
  readonly #connection: Connection
  readonly #inFlight = new Map<number, AbortController>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  has(id: number): boolean {
    return this.#inFlight.has(id)
  }

  /** Calls as the user who is signed in; the service judges the data, and who may. */
  async call(frame: ClientFrameOf<'call'>): Promise<void> {
    const { runtime, login } = this.#connection
    const { token } = login.required
    const procedure = openProcedure(frame.procedure)
    const abort = this.#start(frame.id)
    try {
      const timeoutMs = frame.timeout_ms ?? runtime.config.callTimeoutMs
      const data = await runtime.rpc.call(procedure, frame.data ?? {}, {
        token,
        deadline: Date.now() + timeoutMs,
        signal: abort.signal,
        ...(frame.idempotency_key !== undefined && { idempotencyKey: frame.idempotency_key }),
      })
      const text = this.#connection.encodeBounded({ type: 'reply', id: frame.id, data })
      if (text !== undefined) this.#connection.sendText(text)
    } catch (error) {
      throw abort.signal.aborted ? cancelled() : error
    } finally {
      this.#inFlight.delete(frame.id)
    }
  }

  /** Waits no longer for an answer. The service may have begun, and goes on until its deadline. */
  cancel(id: number): void {
    this.#inFlight.get(id)?.abort()
  }

  end(): void {
    for (const abort of this.#inFlight.values()) abort.abort()
  }

  #start(id: number): AbortController {
    const { socketCallsMax } = this.#connection.runtime.config
    if (this.#inFlight.size >= socketCallsMax) {
      const message = `${socketCallsMax} calls are in flight; wait for an answer.`
      throw failure('rate_limited', { message, retryAfterMs: 100 })
    }
    const abort = new AbortController()
    this.#inFlight.set(id, abort)
    return abort
  }
}

const openProcedure = (name: string): Procedure => {
  const procedure = findProcedure(name)
  if (procedure?.socket) return procedure
  throw failure('not_found', { message: 'There is no such procedure for clients.' })
}

const cancelled = () =>
  failure('deadline_exceeded', { message: 'The call was cancelled.', retry: 'never' })
