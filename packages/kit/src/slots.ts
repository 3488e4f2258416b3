/** What can stand in a slot: it knows in which. */
export interface Slotted {
  /** Its slot, which the next one has once it has left; -1 before. */
  slot: number
}

/**
 * A set of what is in hand, for what comes and goes at each call. A `Set` or a `Map` that lives long
 * outgrows its tables all the time, and each old one keeps what was in it, and the next, alive until
 * the next full collection (V8): nearly all that a call had made.
 */
export class Slots<T extends Slotted> {
  readonly #items: (T | undefined)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#items.length - this.#free.length
  }

  /** What stands in that slot now. */
  at(slot: number): T | undefined {
    return this.#items[slot]
  }

  add(item: T): void {
    item.slot = this.#free.pop() ?? this.#items.length
    this.#items[item.slot] = item
  }

  /** False when it was not in it. */
  delete(item: T): boolean {
    if (this.#items[item.slot] !== item) return false
    this.#items[item.slot] = undefined
    this.#free.push(item.slot)
    return true
  }

  /** Those in it now, in no order. */
  values(): T[] {
    return this.#items.filter((item) => item !== undefined)
  }
}
