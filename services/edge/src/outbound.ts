import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Turn } from './turn.ts'

export interface OutboundParts {
  websocket: WebSocket
  socket: Socket
  turn: Turn
  bytesMax: number
  lowBytes: number
  /** The client reads too slowly; called once. */
  onSlow: () => void
}

/** What is on its way to one client: bounded in bytes, those in the socket's own buffer included. */
export class Outbound {
  readonly #parts: OutboundParts
  #waiting: (() => void)[] = []
  #isSlow = false
  /** Bytes the network had taken when it was last seen to take some, and when that was. */
  #progress = { bytes: 0, at: Date.now() }

  constructor(parts: OutboundParts) {
    this.#parts = parts
    const wake = () => this.#wake()
    parts.socket.on('drain', wake).on('close', wake)
  }

  /** Sends a text frame, unless the client is too far behind: then it is given up. */
  send(text: string | Buffer): void {
    const { websocket, socket, turn, bytesMax } = this.#parts
    if (websocket.readyState !== websocket.OPEN || this.#isSlow) return
    if (websocket.bufferedAmount + text.length > bytesMax) return this.#giveUp()
    turn.join(socket)
    websocket.send(text, { binary: false })
  }

  /** Whether the client has enough to take as it is: what may be left out is. */
  get isBehind(): boolean {
    return this.#parts.socket.writableLength >= this.#parts.lowBytes
  }

  /** Waits until little is left to be taken by the network; nothing to wait for: undefined. */
  room(): Promise<void> | undefined {
    const { socket, lowBytes } = this.#parts
    if (socket.destroyed || socket.writableLength < lowBytes) return undefined
    return new Promise((resume) => {
      this.#waiting.push(resume)
      // Less than the socket's high-water mark brings no 'drain': the next turn looks again.
      if (!socket.writableNeedDrain) setImmediate(() => this.#wake())
    })
  }

  /** Gives up on a client that has taken nothing for `deadlineMs` although bytes wait for it. */
  checkProgress(now: number, deadlineMs: number): void {
    const { socket } = this.#parts
    const bytes = socket.bytesWritten - socket.writableLength
    if (socket.writableLength === 0 || bytes !== this.#progress.bytes) {
      this.#progress = { bytes, at: now }
    } else if (now - this.#progress.at > deadlineMs) {
      this.#giveUp()
    }
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }

  #giveUp(): void {
    if (this.#isSlow) return
    this.#isSlow = true
    this.#parts.onSlow()
  }
}
