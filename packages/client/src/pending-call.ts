import type { ClientFrameOf } from '@meshboard/contracts/client'

/** One call as it is asked for. */
export interface CallRequest {
  readonly id: number
  /** `<service>.<procedure>`. */
  readonly procedure: string
  readonly data: unknown
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly idempotencyKey?: string | undefined
}

interface Overdue {
  timedOut(call: PendingCall): void
  aborted(call: PendingCall): void
}

/** A call between its beginning and its one end; owns its timer and its ear on the abort signal. */
export class PendingCall {
  readonly id: number
  readonly promise: Promise<unknown>
  /** It has left the client, so it may have an effect. */
  sent = false
  readonly #request: CallRequest
  readonly #deadline: number
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #onAbort: () => void
  #settle: PromiseWithResolvers<unknown>

  constructor(request: CallRequest, overdue: Overdue) {
    this.id = request.id
    this.#request = request
    this.#settle = Promise.withResolvers()
    this.promise = this.#settle.promise
    this.#deadline = performance.now() + request.timeoutMs
    this.#timer = setTimeout(() => overdue.timedOut(this), request.timeoutMs)
    this.#onAbort = () => overdue.aborted(this)
    request.signal?.addEventListener('abort', this.#onAbort)
  }

  /** The frame that makes the call, with the time that is left now. */
  frame(): ClientFrameOf<'call'> {
    const { id, procedure, data, idempotencyKey } = this.#request
    const leftMs = Math.ceil(this.#deadline - performance.now())
    return {
      type: 'call',
      id,
      procedure,
      data,
      timeout_ms: Math.min(Math.max(leftMs, 1), 60_000),
      ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
    }
  }

  resolve(value: unknown): void {
    this.#end()
    this.#settle.resolve(value)
  }

  reject(reason: unknown): void {
    this.#end()
    this.#settle.reject(reason)
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#request.signal?.removeEventListener('abort', this.#onAbort)
  }
}
