import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type ClientFrameOf,
  type InputOf,
  type OutputOf,
  type Procedure,
  failure,
  findProcedure,
} from '@meshboard/contracts'
import type { Connection } from './connection.ts'

/** How a client wants a call made. */
type Asked = Partial<Pick<ClientFrameOf<'call'>, 'id' | 'timeout_ms' | 'idempotency_key'>>

/** Stands for the id where a dialect has none, and so makes one call at a time. */
const NO_ID = 0

/** Objects and lists within each other; what is deeper cannot be written down again. */
const NESTING_MAX = 64

/** The calls of one socket that have no answer yet. */
export class Calls {
  readonly #connection: Connection
  /** Made with the first call: most sockets make none. */
  #inFlight: Map<number, AbortController> | undefined
  #onAnswer: (() => void) | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  has(id: number): boolean {
    return this.#inFlight?.has(id) ?? false
  }

  /** Has a call frame done and answers it. */
  async call(frame: ClientFrameOf<'call'>): Promise<void> {
    void this.#connection.login.required
    const data = await this.ask(openProcedure(frame.procedure), frame.data ?? {}, frame)
    const text = this.#connection.encodeBounded({ type: 'reply', id: frame.id, data })
    if (text !== undefined) this.#connection.sendText(text)
  }

  /** Calls as the user who is signed in; the service judges the input, and who may. */
  async ask<P extends Procedure>(
    procedure: P,
    input: unknown,
    { id = NO_ID, timeout_ms: timeoutMs, idempotency_key: idempotencyKey }: Asked = {},
  ): Promise<OutputOf<P>> {
    const { runtime, login } = this.#connection
    const { token } = login.required
    if (isDeeper(input, NESTING_MAX)) throw tooDeep()
    const abort = this.#start(id)
    try {
      return await runtime.rpc.call(procedure, input as InputOf<P>, {
        token,
        deadline: Date.now() + (timeoutMs ?? runtime.config.callTimeoutMs),
        signal: abort.signal,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      })
    } catch (error) {
      throw abort.signal.aborted ? cancelled() : error
    } finally {
      this.#inFlight?.delete(id)
      this.#onAnswer?.()
    }
  }

  /**
   * Does `next` once none is in flight and the last answer is on its way; none begins in between, so
   * that a call without an answer was not taken.
   */
  async afterAnswers(next: () => void): Promise<void> {
    while (this.#inFlight && this.#inFlight.size > 0) {
      await new Promise<void>((resolve) => (this.#onAnswer = resolve))
      await nextTurn()
    }
    next()
  }

  /** Waits no longer for an answer. The service may have begun, and goes on until its deadline. */
  cancel(id: number): void {
    this.#inFlight?.get(id)?.abort()
  }

  end(): void {
    this.#inFlight?.forEach((abort) => abort.abort())
  }

  #start(id: number): AbortController {
    const { socketCallsMax } = this.#connection.runtime.config
    this.#inFlight ??= new Map()
    if (this.#inFlight.size >= socketCallsMax) {
      this.#connection.deps.pressure.limits.inc({ limit: 'calls_in_flight' })
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

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))

const tooDeep = () => {
  const wanted = `at most ${NESTING_MAX} objects and lists within each other`
  return failure('invalid', { message: `"data" may hold ${wanted}.`, fields: { data: [wanted] } })
}

const cancelled = () =>
  failure('deadline_exceeded', { message: 'The call was cancelled.', retry: 'never' })
