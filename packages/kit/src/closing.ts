import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from './logger.ts'

/** When something is closed, from first to last; within one kind the last opened is closed first. */
const KINDS = ['work', 'deps', 'broker', 'redis', 'database', 'process'] as const

/** What kind of thing is to be closed. */
export type ClosingKind = (typeof KINDS)[number]

/** Something that was opened and is to be closed. */
export interface ToClose {
  readonly kind: ClosingKind
  /** What the log calls it. */
  readonly part: string
  readonly close: () => Promise<void>
  /** How long it may take; then the next is closed, so that the process ends. */
  readonly limitMs?: number
  /** Not worth a line: whoever stops it first has said so. */
  readonly quiet?: boolean
}

const LIMIT_MS = 10_000

/** What a service has opened, to be closed in the right order however far the start came. */
export class Closing {
  readonly #parts: ToClose[] = []
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  add(part: ToClose): void {
    this.#parts.push(part)
  }

  /** Closes everything, each once, and says so; a fault or a delay of one does not keep the others. */
  async closeAll(limitMs = Number.POSITIVE_INFINITY): Promise<void> {
    const parts = this.#parts.splice(0).toReversed()
    const ordered = parts.toSorted(
      (one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind),
    )
    for (const part of ordered) await this.#closeOne(part, limitMs)
  }

  async #closeOne(toClose: ToClose, atMostMs: number): Promise<void> {
    const { part, close, limitMs = LIMIT_MS, quiet = false } = toClose
    const late = sleep(Math.min(limitMs, atMostMs), 'late', { ref: false })
    const closed = close().catch((error: unknown) =>
      this.#log.error({ err: error, part }, `${part}: fault while stopping`),
    )
    if ((await Promise.race([closed, late])) === 'late')
      this.#log.warn({ part }, `${part} did not stop in time`)
    else if (!quiet) this.#log.info({ part }, `stopping: ${part} closed`)
  }
}
