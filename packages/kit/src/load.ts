import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Priority } from '@meshboard/contracts'

const RESOLUTION_MS = 10
const LOOK_EVERY_MS = 500
/** Ninetieth of a hundred: one long pause is no load, a loop that is late each time is. */
const PERCENTILE = 90
const NS_PER_MS = 1e6

/** What share of a call's time may pass in line before it is refused at once. */
const WAIT_SHARE: Readonly<Record<Priority, number>> = { sheddable: 0.2, normal: 0.4, critical: 1 }
/** How many times the lag that is allowed. Only a full line refuses the critical. */
const LAG_TIMES: Readonly<Record<Priority, number>> = {
  sheddable: 1,
  normal: 2,
  critical: Number.POSITIVE_INFINITY,
}

const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
let lagMs = 0
let lookedAt = 0

/** How late the event loop of this process has been of late, milliseconds. */
const eventLoopLagMs = (now: number): number => {
  if (now - lookedAt < LOOK_EVERY_MS) return lagMs
  histogram.enable()
  lagMs = histogram.count === 0 ? 0 : histogram.percentile(PERCENTILE) / NS_PER_MS - RESOLUTION_MS
  histogram.reset()
  lookedAt = now
  return lagMs
}

/** Why a call is refused although there may be room: the loop is late, or it would wait too long. */
export type ShedReason = 'lag' | 'wait'

const SMOOTHING = 0.1

/** How long calls take, and so how long one more would wait. */
export class Load {
  readonly #lagMaxMs: number
  #workMs = 0

  constructor(lagMaxMs: number) {
    this.#lagMaxMs = lagMaxMs
  }

  /** A call has held its place so long. */
  worked(ms: number): void {
    const isFirst = this.#workMs === 0
    this.#workMs += (isFirst ? 1 : SMOOTHING) * (ms - this.#workMs)
  }

  /** How long a call waits in line when the places are asked for `pressure` times over. */
  waitMs(pressure: number): number {
    return pressure * this.#workMs
  }

  /** Why a call is to be refused right now, if it is. */
  refuses(call: {
    priority: Priority
    now: number
    deadline: number
    pressure: number
  }): ShedReason | undefined {
    const { priority, now, deadline, pressure } = call
    if (eventLoopLagMs(now) > this.#lagMaxMs * LAG_TIMES[priority]) return 'lag'
    const isLong = this.waitMs(pressure) > (deadline - now) * WAIT_SHARE[priority]
    return pressure > 0 && isLong ? 'wait' : undefined
  }
}
