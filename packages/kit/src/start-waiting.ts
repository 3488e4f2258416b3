import { setTimeout as sleep } from 'node:timers/promises'
import { delayBefore } from './backoff.ts'
import type { Logger } from './logger.ts'
import type { OpsServer } from './ops-server.ts'
import { isConfigFault, sentenceOf } from './start-fault.ts'

/** A part of the start that depends on something outside. */
export interface Waited<T> {
  /** What is waited for, one word: `broker`. */
  readonly part: string
  readonly work: () => Promise<T>
  /** Says a fault in one sentence without a secret; absent: the error's own first line. */
  readonly sentence?: (error: unknown) => string
}

/** Tries until it succeeds; what is missing meanwhile stands at `/readyz` and, once, in the log. */
export type Persist = <T>(waited: Waited<T>) => Promise<T>

const BACKOFF = { firstMs: 250, maxMs: 5_000 }
/** How often a fault that lasts is said again. */
const REMIND_MS = 60_000

/**
 * The patience of a starting service: whatever is outside may be away for as long as it likes. Ends
 * with a fault of the configuration, which waiting does not mend, or when `signal` aborts.
 */
export const createPersist = (parts: {
  ops: Pick<OpsServer, 'waiting'>
  log: Logger
  signal: AbortSignal
}): Persist => {
  const { ops, log, signal } = parts
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  aborted.catch(() => undefined)
  const noted = createNotes(ops, log)
  return async ({ part, work, sentence = sentenceOf }) => {
    ops.waiting(part, 'is being waited for')
    let last: string | undefined
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await Promise.race([work(), aborted])
        ops.waiting(part, undefined)
        return result
      } catch (error) {
        if (signal.aborted || isConfigFault(error)) throw error
        const fault = sentence(error)
        // Another fault is another state of things: it may be nearly there.
        if (fault !== last) attempt = 1
        last = fault
        noted(part, fault)
      }
      await sleep(delayBefore(attempt, BACKOFF), undefined, { signal })
    }
  }
}

/** What is missing, at `/readyz` and in the log: there once, and each minute that it lasts. */
const createNotes = (ops: Pick<OpsServer, 'waiting'>, log: Logger) => {
  const saidAt = new Map<string, number>()
  return (part: string, fault: string): void => {
    ops.waiting(part, fault)
    if (Date.now() - (saidAt.get(fault) ?? 0) < REMIND_MS) return
    saidAt.set(fault, Date.now())
    log.warn({ part, fault }, `waiting for ${part}: ${fault}`)
  }
}
