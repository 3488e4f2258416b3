import type { Running, Runtime, Task } from '@meshboard/kit'
import type { Config } from './config.ts'

const TICK_MS = 100

/** How long the event loop has been late, turn after turn; one turn in time ends that. */
class LoopWatch {
  readonly #lateMs: number
  readonly #timer: NodeJS.Timeout
  #dueAt = performance.now() + TICK_MS
  #inTimeAt = performance.now()

  /** A turn counts as late from `lateMs` on. */
  constructor(lateMs: number) {
    this.#lateMs = lateMs
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  /** Milliseconds since the last turn in time. */
  get stalledMs(): number {
    return performance.now() - this.#inTimeAt
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = performance.now()
    if (now - this.#dueAt <= this.#lateMs) this.#inTimeAt = now
    this.#dueAt = now + TICK_MS
  }
}

/**
 * Says at `/livez` when the event loop does not come round any more. While it is blocked nothing is
 * answered at all; whoever asked meanwhile is told right after.
 */
export const loopWatch: Task<unknown, Config> = {
  name: 'loop-watch',
  start({ config, ops }: Runtime<Config>): Promise<Running> {
    const loop = new LoopWatch(config.eventLoopLagMaxMs)
    ops.addLiveCheck('event loop', () =>
      loop.stalledMs > config.stalledMsMax
        ? `it has been late for ${(loop.stalledMs / 1_000).toFixed(1)} s`
        : undefined,
    )
    return Promise.resolve({
      stop() {
        loop.stop()
        return Promise.resolve()
      },
    })
  },
}
