import type { Priority } from '@meshboard/contracts'

const FROM_FIRST = ['critical', 'normal', 'sheddable'] as const satisfies readonly Priority[]
/** One place of so many is kept for what is critical. */
const RESERVED_OF = 5

/** How much may be in hand and how much may wait. */
export interface QueueLimits {
  readonly placesMax: number
  readonly waitingMax: number
}

/**
 * A bounded number of places, and a bounded line before them that lets the critical go first. A
 * fifth of the places is kept for the critical.
 */
export class BoundedQueue<T extends { readonly priority: Priority }> {
  readonly #limits: QueueLimits
  readonly #run: (item: T) => void
  readonly #openToAll: number
  readonly #waiting: Record<Priority, Set<T>> = {
    critical: new Set(),
    normal: new Set(),
    sheddable: new Set(),
  }
  #taken = 0
  #inLine = 0

  /** `run` begins what has a place; `leave` gives the place back. */
  constructor(limits: QueueLimits, run: (item: T) => void) {
    this.#limits = limits
    this.#run = run
    this.#openToAll = limits.placesMax - Math.floor(limits.placesMax / RESERVED_OF)
  }

  get taken(): number {
    return this.#taken
  }

  get waiting(): number {
    return this.#inLine
  }

  /** How many times over the places are asked for, with one more of that priority; 0: it begins at once. */
  pressureOn(priority: Priority): number {
    return this.#hasPlace(priority) ? 0 : (this.#inLine + 1) / this.#limits.placesMax
  }

  /**
   * Begins it, or puts it in line. Gives what must be refused for it: one of lower priority that
   * has waited longest, or itself; undefined when nothing must.
   */
  offer(item: T): T | undefined {
    if (this.#hasPlace(item.priority)) {
      this.#begin(item)
      return undefined
    }
    const refused = this.#inLine < this.#limits.waitingMax ? undefined : this.#leastOf(item)
    if (refused !== item) this.#line(item)
    return refused
  }

  /** Takes out of the line what need not be begun any more; false when it was not in it. */
  forget(item: T): boolean {
    if (!this.#waiting[item.priority].delete(item)) return false
    this.#inLine -= 1
    return true
  }

  /** Gives a place back, and begins what is next. */
  leave(): void {
    this.#taken -= 1
    for (const priority of FROM_FIRST) {
      const [next] = this.#waiting[priority]
      if (next === undefined) continue
      if (!this.#hasPlace(priority)) return
      this.forget(next)
      return this.#begin(next)
    }
  }

  #hasPlace(priority: Priority): boolean {
    return this.#taken < (priority === 'critical' ? this.#limits.placesMax : this.#openToAll)
  }

  #begin(item: T): void {
    this.#taken += 1
    this.#run(item)
  }

  #line(item: T): void {
    this.#waiting[item.priority].add(item)
    this.#inLine += 1
  }

  #leastOf(item: T): T {
    for (const priority of FROM_FIRST.toReversed()) {
      if (priority === item.priority) return item
      const [longest] = this.#waiting[priority]
      if (longest === undefined) continue
      this.forget(longest)
      return longest
    }
    return item
  }
}
