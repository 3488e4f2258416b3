import { type Slotted, Slots } from './slots.ts'

const SWEEP_MS = 10

/** One timer for all that has a deadline, running while there is any. Fires at most 10 ms late. */
export class Deadlines<T extends Slotted & { readonly deadline: number }> {
  readonly #items = new Slots<T>()
  readonly #onLate: (item: T) => void
  #sweep: NodeJS.Timeout | undefined

  constructor(onLate: (item: T) => void) {
    this.#onLate = onLate
  }

  add(item: T): void {
    this.#items.add(item)
    this.#sweep ??= setInterval(() => this.#expire(), SWEEP_MS)
  }

  delete(item: T): void {
    this.#items.delete(item)
  }

  /** All that is waited for, in no order. */
  values(): T[] {
    return this.#items.values()
  }

  #expire(): void {
    const now = Date.now()
    for (const item of this.#items.values())
      if (item.deadline <= now && this.#items.delete(item)) this.#onLate(item)
    if (this.#items.size > 0) return
    clearInterval(this.#sweep)
    this.#sweep = undefined
  }
}
