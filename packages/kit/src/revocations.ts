import { setTimeout as sleep } from 'node:timers/promises'
import { auth, feedSubjects, filterHeader } from '@meshboard/contracts'
import type { Broker, Running } from './broker/broker.ts'
import type { Logger } from './logger.ts'
import type { RpcClient } from './rpc-client.ts'

const LOOK_MS = 30_000
/** The longest an access token may be good for. */
const KEPT_MS = 24 * 60 * 60 * 1000
const KEPT_MAX = 100_000
const SESSION = filterHeader('session_id').toLowerCase()

/**
 * The sessions that ended before their time. Auth's events tell of each at once; a look at all of
 * them, every 30 s, finds what was lost on the way or happened before this process began. Holds the
 * newest 100,000, each for a day: no access token outlives that.
 */
export class Revocations implements Running {
  readonly #parts: { broker: Broker; rpc: RpcClient; log: Logger }
  readonly #endedAt = new Map<string, number>()
  readonly #listeners = new Set<(sessionId: string) => void>()
  readonly #stopping = new AbortController()
  #listening: Running | undefined
  #looking: Promise<void> | undefined
  #lookedAt = performance.now()

  constructor(parts: { broker: Broker; rpc: RpcClient; log: Logger }) {
    this.#parts = parts
  }

  /** Listens, and looks, from now on; what is not known yet counts as not ended. */
  async start(): Promise<void> {
    const subject = feedSubjects('auth', auth.events.sessionRevoked.topic)
    this.#listening = await this.#parts.broker.subscribe(subject, ({ headers }) => {
      if (headers[SESSION] !== undefined) this.#add(headers[SESSION])
    })
    this.#looking = this.#keepLooking()
  }

  /** Milliseconds since all of them were last known; since the start while they never were. */
  get ageMs(): number {
    return performance.now() - this.#lookedAt
  }

  /** Whether a session has ended before its time, as far as is known here. */
  has(sessionId: string): boolean {
    return this.#endedAt.has(sessionId)
  }

  /** Calls `listener` with each session that ends from now on; gives the way to stop that. */
  onRevoked(listener: (sessionId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#listening?.stop()
    await this.#looking
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        const { session_ids } = await this.#parts.rpc.call(
          auth.procedures.listRevoked,
          {},
          { signal },
        )
        for (const id of session_ids) this.#add(id)
        this.#lookedAt = performance.now()
      } catch (error) {
        this.#parts.log.debug({ err: error }, 'ended sessions could not be looked at')
      }
      this.#forget()
      await sleep(LOOK_MS * (0.75 + Math.random() / 2), undefined, { signal }).catch(
        () => undefined,
      )
    }
  }

  #add(sessionId: string): void {
    if (this.#endedAt.has(sessionId)) return
    this.#endedAt.set(sessionId, Date.now())
    for (const listener of this.#listeners) listener(sessionId)
  }

  #forget(): void {
    const before = Date.now() - KEPT_MS
    for (const [id, at] of this.#endedAt) {
      if (at > before && this.#endedAt.size <= KEPT_MAX) return
      this.#endedAt.delete(id)
    }
  }
}
