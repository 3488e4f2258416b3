import { BrokerError } from './broker.ts'

/**
 * How long after a reconnect others may still be on their way back: whoever lost the same server
 * waits at most half a second between two attempts, and may meet one that is gone.
 */
const SETTLE_MS = 2_000

/** Until when somebody waits for the connection. */
export interface Patience {
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

/** Whether a connection stands, and who waits for it. */
export class Link {
  readonly #listeners = new Set<(connected: boolean) => void>()
  readonly #waiting = new Set<() => void>()
  #connected = true
  #leaving = false
  #closed = false
  #settledAt = 0

  /** False between two connections. */
  get connected(): boolean {
    return this.#connected
  }

  /** Whether a request may be made now: the connection stands, and is not about to be left. */
  get open(): boolean {
    return this.#isOpen()
  }

  /** Just reconnected, so that others may not be back yet. */
  get settling(): boolean {
    return Date.now() < this.#settledAt
  }

  onChange(listener: (connected: boolean) => void): void {
    this.#listeners.add(listener)
  }

  /** Resolved once it is open. Fails `disconnected` when that is too late, `aborted` when told so. */
  async opened({ deadline, signal }: Patience): Promise<void> {
    if (this.#isOpen()) return
    if (this.#closed) throw new BrokerError('disconnected', 'the connection is closed')
    const { promise, resolve } = Promise.withResolvers<void>()
    const resume = () => resolve()
    const late = setTimeout(resume, Math.max(0, deadline - Date.now()))
    signal?.addEventListener('abort', resume)
    this.#waiting.add(resume)
    if (signal?.aborted !== true) await promise
    this.#waiting.delete(resume)
    clearTimeout(late)
    signal?.removeEventListener('abort', resume)
    if (signal?.aborted) throw new BrokerError('aborted', 'given up while the broker was away')
    if (!this.#isOpen())
      throw new BrokerError('disconnected', 'the broker did not come back in time')
  }

  /** It is about to be given up for another: nothing new is to begin on it. */
  leave(): void {
    this.#leaving = true
  }

  turn(connected: boolean): void {
    this.#connected = connected
    if (connected) {
      this.#leaving = false
      this.#settledAt = Date.now() + SETTLE_MS
      this.#wake()
    }
    for (const listener of this.#listeners) listener(connected)
  }

  /** There will be no other. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  #isOpen(): boolean {
    return this.#connected && !this.#leaving && !this.#closed
  }

  #wake(): void {
    for (const resume of this.#waiting) resume()
  }
}
