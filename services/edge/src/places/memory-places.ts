import type { PlaceRequest, Places } from './places.ts'

/** The places of this process's own sockets: all there are without Redis. */
export class MemoryPlaces implements Places {
  readonly #max: number
  readonly #byUser = new Map<string, Set<string>>()

  constructor(max: number) {
    this.#max = max
  }

  enter({ userId, socketId, replaces }: PlaceRequest): Promise<boolean> {
    const taken = this.#byUser.get(userId) ?? new Set()
    if (replaces !== undefined) taken.delete(replaces)
    const hasRoom = taken.size < this.#max
    if (hasRoom) this.#byUser.set(userId, taken.add(socketId))
    return Promise.resolve(hasRoom)
  }

  leave(userId: string, socketId: string): Promise<void> {
    const taken = this.#byUser.get(userId)
    taken?.delete(socketId)
    if (taken?.size === 0) this.#byUser.delete(userId)
    return Promise.resolve()
  }

  keepUp(): Promise<void> {
    return Promise.resolve()
  }
}
