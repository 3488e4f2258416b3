const SLOT_MS = 100

/**
 * What is planned for when, to the tenth of a second: however much is planned, what is not due costs
 * nothing. Who plans anew is met at the old time, too, and says whether that still holds.
 */
export class Agenda<T> {
  readonly #slots = new Map<number, T[]>()

  /** `atMs`: milliseconds since 1970. */
  plan(item: T, atMs: number): void {
    const slot = Math.ceil(atMs / SLOT_MS)
    const planned = this.#slots.get(slot)
    if (planned) planned.push(item)
    else this.#slots.set(slot, [item])
  }

  /** Takes out what was planned up to now. */
  due(nowMs: number): T[] {
    const now = Math.floor(nowMs / SLOT_MS)
    const due: T[] = []
    for (const [slot, items] of this.#slots) {
      if (slot > now) continue
      this.#slots.delete(slot)
      for (const item of items) due.push(item)
    }
    return due
  }
}
