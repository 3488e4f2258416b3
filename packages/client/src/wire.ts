import {
  CLOSE_CODES,
  type ClientFrame,
  type ServerFrame,
  failure,
} from '@meshboard/contracts/client'
import type { Socket } from './transports/transport.ts'

/** Who hears from a wire. */
export interface WireListener {
  frame(frame: ServerFrame): void
  closed(code: number, reason: string): void
}

/** The calls a socket has ended without an answer to. */
export interface Unanswered {
  readonly ids: readonly number[]
  /** The edge has seen none of them: one that drains answers what it took, and then closes. */
  readonly untaken: boolean
}

/** Frames over a socket. It is handed from state to state; only its present owner hears from it. */
export class Wire {
  #listener: WireListener | undefined
  readonly #socket: Socket
  /** The largest frame the edge takes, in bytes; it says so in its welcome. */
  #frameBytesMax = Number.POSITIVE_INFINITY
  /** The calls sent here that have no answer yet. */
  readonly #calls = new Set<number>()
  #closeCode: number | undefined

  constructor(open: (wire: Wire) => Socket) {
    this.#socket = open(this)
  }

  /** Makes `listener` the one who hears, instead of whoever did. */
  listen(listener: WireListener): void {
    this.#listener = listener
  }

  /** From now on refuses to send larger frames. */
  limit(frameBytesMax: number): void {
    this.#frameBytesMax = frameBytesMax
  }

  /** Sends a frame, or several as one batch. Fails `invalid` when it is larger than the edge takes. */
  send(frames: ClientFrame | readonly ClientFrame[]): void {
    const text = JSON.stringify(frames)
    const bytes = text.length * 3 > this.#frameBytesMax ? new TextEncoder().encode(text).length : 0
    if (bytes > this.#frameBytesMax) {
      const message = `The message has ${bytes} bytes; the edge takes ${this.#frameBytesMax}.`
      throw failure('invalid', { message })
    }
    this.#socket.send(text)
    for (const frame of [frames].flat()) this.#note(frame)
  }

  /** The calls that were sent here and wait for their answers. */
  get unanswered(): Unanswered {
    return { ids: [...this.#calls], untaken: this.#closeCode === CLOSE_CODES.draining.code }
  }

  /** Ends the socket; nobody hears from it any more. */
  close(code = 1000, reason = ''): void {
    this.#listener = undefined
    this.#socket.close(code, reason)
  }

  /** For the transport: one text frame, which may be a batch. A listener may change in its midst. */
  text(text: string): void {
    for (const frame of parseFrames(text)) {
      if ((frame.type === 'reply' || frame.type === 'error') && frame.id !== undefined)
        this.#calls.delete(frame.id)
      this.#listener?.frame(frame)
    }
  }

  #note(frame: ClientFrame): void {
    if (frame.type === 'call') this.#calls.add(frame.id)
    if (frame.type === 'cancel') this.#calls.delete(frame.id)
  }

  /** For the transport: the socket has ended. */
  closed(code: number, reason: string): void {
    this.#closeCode = code
    this.#listener?.closed(code, reason)
  }
}

/**
 * The frames in a message. What is no frame is left out: a lost event shows as a hole in `n`, a lost
 * reply as a timeout. Shapes are the edge's promise and not checked again here.
 */
const parseFrames = (text: string): ServerFrame[] => {
  try {
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? value : [value]).filter(isFrame)
  } catch {
    return []
  }
}

const isFrame = (value: unknown): value is ServerFrame =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
