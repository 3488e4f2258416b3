import type { Socket } from 'node:net'

/** Whether the network takes what is written to a socket. */
export class Progress {
  readonly #socket: Socket
  /** Changes whenever the network takes something. */
  #taken = 0
  #takenAt = Date.now()

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** For how long, as far as it was asked, the network has taken nothing although something waits; milliseconds. */
  stuckMs(now: number): number {
    const waits = this.#socket.writableLength
    const taken = waits === 0 ? 0 : this.#socket.bytesWritten - waits - unwritten(this.#socket)
    if (waits > 0 && taken === this.#taken) return now - this.#takenAt
    this.#taken = taken
    this.#takenAt = now
    return 0
  }
}

/** Of a write under way, what the network has not taken yet: everything else sees it as one piece. */
const unwritten = (socket: Socket & { _handle?: { writeQueueSize?: number } | null }): number =>
  socket._handle?.writeQueueSize ?? 0
