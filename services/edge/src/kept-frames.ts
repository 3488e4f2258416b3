import type { Place } from './feed-event.ts'

/** A frame that waits, and may be left out. */
export interface Kept extends Place {
  readonly frame: Buffer
  readonly owner: Keeper
}

/** Whose frames are kept. */
export interface Keeper {
  /** One is left out: a newer one took its place, or there was no room for it. */
  leftOut(kept: Kept, why: 'replaced' | 'no_room'): void
  /** One goes out now. */
  goesOut(kept: Kept): void
}

/** What waits for a client that is behind and may be left out: of each key the newest, in order. */
export class KeptFrames {
  readonly #bytesMax: number
  readonly #byKey = new Map<string, Kept>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get size(): number {
    return this.#byKey.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Keeps one in place of the older one of its key. Where there is no room, the oldest of all go. */
  put(key: string, kept: Kept): void {
    const older = this.#take(key)
    this.#byKey.set(key, kept)
    this.#bytes += kept.frame.length
    older?.owner.leftOut(older, 'replaced')
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.shift()
      oldest?.owner.leftOut(oldest, 'no_room')
    }
  }

  /** Takes out the oldest. */
  shift(): Kept | undefined {
    const [oldest] = this.#byKey.keys()
    return oldest === undefined ? undefined : this.#take(oldest)
  }

  /** Drops what is kept for one owner. */
  forget(owner: Keeper): void {
    for (const [key, kept] of this.#byKey) if (kept.owner === owner) this.#take(key)
  }

  clear(): void {
    this.#byKey.clear()
    this.#bytes = 0
  }

  #take(key: string): Kept | undefined {
    const kept = this.#byKey.get(key)
    if (!kept) return undefined
    this.#byKey.delete(key)
    this.#bytes -= kept.frame.length
    return kept
  }
}
