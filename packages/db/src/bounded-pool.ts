import { failure } from '@meshboard/contracts'
import { type ActiveCall, activeCall, isOver } from '@meshboard/kit'
import type { Knex } from 'knex'
import type { DatabaseMetrics } from './database-metrics.ts'

/** What of the query builder's pool is needed here. */
interface Pool {
  acquire(): { readonly promise: Promise<unknown>; abort(): void }
  numPendingAcquires(): number
  numUsed(): number
}

interface PoolOwner {
  readonly pool: Pool
  acquireConnection(): Promise<unknown>
}

const RETRY_AFTER_MS = 100
/** What share of its time a call may spend behind others that wait for a connection. */
const WAIT_SHARE = 0.2

/**
 * Bounds how calls wait for a connection: at most `waitingMax` of them, none beyond its deadline,
 * and none behind one that has waited for a fifth of what the newcomer has left. Beyond that they
 * fail `overloaded` at once. What works for no call, a relay or a sweep, waits as the pool has it.
 */
export const boundWaiting = (
  query: Knex,
  { waitingMax, metrics }: { waitingMax: number; metrics: DatabaseMetrics },
): void => {
  const owner = query.client as PoolOwner
  const acquire = owner.acquireConnection.bind(owner)
  const waitingSince = new Set<{ readonly at: number }>()
  owner.acquireConnection = () => {
    const call = activeCall()
    if (!call) return acquire()
    if (isOver(call)) return Promise.reject(failure('deadline_exceeded'))
    const [oldest] = waitingSince
    const patienceMs = (call.deadline - Date.now()) * WAIT_SHARE
    const isStuck = oldest !== undefined && Date.now() - oldest.at > patienceMs
    if (isStuck || waitingSince.size >= waitingMax) {
      metrics.refused()
      return Promise.reject(failure('overloaded', { retryAfterMs: RETRY_AFTER_MS }))
    }
    const waiting = { at: Date.now() }
    waitingSince.add(waiting)
    return acquiredFor(call, owner.pool).finally(() => waitingSince.delete(waiting))
  }
}

/** How many queries and transactions wait for a connection; none when it is closed. */
export const waitingFor = (query: Knex): number =>
  (query.client as Partial<PoolOwner>).pool?.numPendingAcquires() ?? 0

/** How many connections are at work; none when it is closed. */
export const usedOf = (query: Knex): number =>
  (query.client as Partial<PoolOwner>).pool?.numUsed() ?? 0

const acquiredFor = async ({ signal }: ActiveCall, pool: Pool): Promise<unknown> => {
  const pending = pool.acquire()
  const abort = () => pending.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await pending.promise
  } catch (error) {
    if (signal.aborted) throw failure('deadline_exceeded')
    if (error instanceof Error && error.name === 'TimeoutError')
      throw failure('overloaded', { retryAfterMs: RETRY_AFTER_MS })
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
