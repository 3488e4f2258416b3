import { setTimeout as sleep } from 'node:timers/promises'
import { counted } from './output/amounts.ts'
import { Refusal, UsageFailure } from './refusal.ts'
import type { Terminal } from './terminal.ts'

/** How many at a time may be acted on without asking. */
const WITHOUT_ASKING = 1

/** Goes on when it is about one thing, when `yes` was given, or when a person says so. */
export const confirmed = async (
  terminal: Terminal,
  { count, question, yes }: { count: number; question: string; yes: boolean | undefined },
): Promise<void> => {
  if (count <= WITHOUT_ASKING || yes) return
  const answer = await terminal.confirm(question)
  if (answer === undefined) throw new UsageFailure(`${question} Say so with --yes.`)
  if (!answer) throw new Refusal('Nothing was done.')
}

interface Walk<T> {
  readonly items: Iterable<T> | AsyncIterable<T>
  /** For progress; unknown when left out. */
  readonly total: number
  /** Items a second, at most. */
  readonly rate: number
  /** `redriven`: for sentences. */
  readonly done: string
  /** Whether it was done; not when somebody else was quicker. */
  readonly act: (item: T) => Promise<boolean>
}

/**
 * Acts on one item after the other, no faster than the rate; the one in hand is finished at Ctrl-C.
 * Fails with what was done when not all were.
 */
export const oneByOne = async <T>(terminal: Terminal, walk: Walk<T>): Promise<number> => {
  const { total, rate, done, act } = walk
  const turn = pace(rate, terminal.signal)
  let count = 0
  try {
    for await (const item of walk.items) {
      await turn()
      if (terminal.signal.aborted) break
      if (await act(item)) count += 1
      terminal.progress(`${count} of ${total} ${done}, ${rate}/s at most`)
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Refusal(`Stopped after ${count} of ${total} ${done}. ${why}`, { cause: error })
  } finally {
    terminal.progress('')
  }
  if (terminal.signal.aborted && count < total)
    throw new Refusal(
      `Broken off: ${count} of ${total} ${done}, ${counted(total - count, 'other')} untouched.`,
    )
  return count
}

/** Waits for the next slot of a rate; the first comes at once. An abort ends the waiting. */
const pace = (rate: number, signal: AbortSignal): (() => Promise<void>) => {
  let next = performance.now()
  return async () => {
    const waitMs = next - performance.now()
    next = Math.max(next, performance.now()) + 1_000 / rate
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }
}
