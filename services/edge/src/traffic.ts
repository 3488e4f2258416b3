import type { Socket } from 'node:net'

/** Bytes of all sockets, from the sockets themselves: nothing is done for a message. */
export class Traffic {
  readonly #open = new Set<Socket>()
  #past = { sent: 0, received: 0 }

  /** Bytes given to sockets, those that still wait included. */
  get sent(): number {
    return this.#open.values().reduce((sum, socket) => sum + socket.bytesWritten, this.#past.sent)
  }

  /** Bytes read from sockets. */
  get received(): number {
    return this.#open.values().reduce((sum, socket) => sum + socket.bytesRead, this.#past.received)
  }

  /** Counts a socket from here on. */
  watch(socket: Socket): void {
    this.#open.add(socket)
  }

  /** Keeps what a closed socket had. */
  leave(socket: Socket): void {
    if (!this.#open.delete(socket)) return
    this.#past.sent += socket.bytesWritten
    this.#past.received += socket.bytesRead
  }
}
