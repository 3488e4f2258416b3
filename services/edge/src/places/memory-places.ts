import type { PlaceRequest, Places } from './places.ts'

/** The places of this process's own sockets: all there are without Redis. */
export class MemoryPlaces implements Places {
  readonly #max: number
  readonly #byUser = new Map<string, readonly string[]>()

  constructor(max: number) {
    this.#max = max
  }

  enter({ userId, socketId, replaces }: PlaceRequest): Promise<boolean> {
    const others = this.#of(userId, replaces)
    const hasRoom = others.length < this.#max
    this.#keep(userId, hasRoom ? [...others, socketId] : others)
    return Promise.resolve(hasRoom)
  }

  leave(userId: string, socketId: string): Promise<void> {
    this.#keep(userId, this.#of(userId, socketId))
    return Promise.resolve()
  }

  keepUp(): Promise<void> {
    return Promise.resolve()
  }

  /** A user's sockets but for one. */
  #of(userId: string, but: string | undefined): readonly string[] {
    return (this.#byUser.get(userId) ?? []).filter((socketId) => socketId !== but)
  }

  #keep(userId: string, socketIds: readonly string[]): void {
    if (socketIds.length === 0) this.#byUser.delete(userId)
    else this.#byUser.set(userId, socketIds)
  }
}
