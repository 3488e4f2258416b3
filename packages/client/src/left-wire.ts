import type { ServerFrame } from '@meshboard/contracts/client'
import type { Wire } from './wire.ts'

/** How long a socket that was left may still answer calls. */
const LEAVING_MS = 10_000

/** Who hears of a wire that was left. */
interface LeftWireListener {
  /** An answer to what was asked there. */
  frame(frame: ServerFrame): void
  /** It has closed, with an answer to each call or without. */
  ended(): void
}

/** A socket that was left for a new one: it is let go once it has answered what was asked on it. */
export class LeftWire {
  readonly #wire: Wire
  readonly #listener: LeftWireListener
  readonly #timer: ReturnType<typeof setTimeout>

  constructor(wire: Wire, listener: LeftWireListener) {
    this.#wire = wire
    this.#listener = listener
    this.#timer = setTimeout(() => this.close(), LEAVING_MS)
    wire.listen({ frame: (frame) => this.#hear(frame), closed: () => this.close() })
  }

  closeIfIdle(): void {
    if (this.#wire.unanswered.ids.length === 0) this.close()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#wire.close()
    this.#listener.ended()
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === 'reply' || frame.type === 'error') this.#listener.frame(frame)
    this.closeIfIdle()
  }
}
