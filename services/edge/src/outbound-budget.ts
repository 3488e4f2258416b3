/** Something that bytes wait for. */
export interface Behind {
  /** It is too far behind, and others need the room. */
  giveUp(): void
}

/**
 * The bytes that wait for all sockets of the process together. From half of what there may be on,
 * only sockets that keep up get events; beyond it those furthest behind are given up.
 */
export class OutboundBudget {
  readonly bytesMax: number
  readonly #waiting = new Map<Behind, number>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  get isTight(): boolean {
    return this.#bytes > this.bytesMax / 2
  }

  /** Says how much waits for one of them now. */
  set(one: Behind, bytes: number): void {
    this.#bytes += bytes - (this.#waiting.get(one) ?? 0)
    if (bytes > 0) this.#waiting.set(one, bytes)
    else this.#waiting.delete(one)
    while (this.#bytes > this.bytesMax) this.#giveUpFurthest()
  }

  #giveUpFurthest(): void {
    let furthest: Behind | undefined
    let most = 0
    for (const [one, bytes] of this.#waiting) {
      if (bytes <= most) continue
      furthest = one
      most = bytes
    }
    if (!furthest) return
    this.set(furthest, 0)
    furthest.giveUp()
  }
}
