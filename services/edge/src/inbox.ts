import type { WebSocket } from 'ws'
import { TokenBucket } from './admission.ts'

const WARNING_MS = 10_000
/** Bytes not yet taken by the network from which on pings are not answered: nobody reads the answers. */
const PONGS_BYTES_MAX = 16_384

export interface InboxParts {
  websocket: WebSocket
  perSecond: number
  burst: number
  heldMax: number
  /** Handles a message; what it gives must end before the next one. */
  receive: (text: string) => Promise<void> | undefined
  /** The rate has been reached and reading pauses; said at most every ten seconds. */
  onLimit: () => void
  /** More came than may be held, or so far ahead of the rate. */
  onOverflow: () => void
}

/**
 * What a client has sent and the edge has not looked at. While the client is ahead of its rate, or a
 * login is under way, the socket is not read: the network holds the client back, and nothing is lost.
 * Pings are answered here, and cost as much as any frame.
 */
export class Inbox {
  /** When anything came last, milliseconds since 1970. */
  heardAt = Date.now()
  readonly #parts: InboxParts
  readonly #bucket: TokenBucket
  #held: string[] = []
  #isBusy = false
  #isOver = false
  #warnedAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(parts: InboxParts) {
    this.#parts = parts
    this.#bucket = new TokenBucket(parts.perSecond, parts.burst)
  }

  /** Takes a message as it arrives. */
  take(text: string): void {
    this.heardAt = Date.now()
    if (this.#isOver) return
    if (this.#held.length === 0 && this.#isReady()) return this.#deliver(text)
    this.#held.push(text)
    this.#parts.websocket.pause()
    if (this.#held.length > this.#parts.heldMax) this.#parts.onOverflow()
    else this.#wait()
  }

  /** Answers a ping. */
  ping(data: Buffer): void {
    const { websocket } = this.#parts
    this.heardAt = Date.now()
    if (this.#isOver) return
    if (websocket.bufferedAmount < PONGS_BYTES_MAX) websocket.pong(data)
    this.#spend()
  }

  pong(): void {
    this.heardAt = Date.now()
    this.#spend()
  }

  /** Counts the further frames of a batch. */
  charge(operations: number): void {
    this.#bucket.take(operations)
    if (this.#isFarAhead) this.#parts.onOverflow()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#held = []
    this.#isOver = true
  }

  #isReady(): boolean {
    return !this.#isBusy && this.#bucket.waitMs === 0
  }

  /** Whether more frames were counted beyond the rate than may be held. */
  get #isFarAhead(): boolean {
    const { perSecond, heldMax } = this.#parts
    return (this.#bucket.waitMs / 1000) * perSecond > heldMax + 1
  }

  /** Counts a frame that needs nothing more; beyond the rate reading pauses after it. */
  #spend(): void {
    if (this.#isOver) return
    this.#bucket.take(1)
    if (this.#bucket.waitMs === 0) return
    this.#parts.websocket.pause()
    if (this.#isFarAhead) this.#parts.onOverflow()
    else this.#wait()
  }

  #deliver(text: string): void {
    this.#bucket.take(1)
    const done = this.#parts.receive(text)
    if (!done) return
    this.#isBusy = true
    this.#parts.websocket.pause()
    void done.finally(() => {
      this.#isBusy = false
      this.#goOn()
    })
  }

  #goOn(): void {
    while (!this.#isOver && this.#isReady()) {
      const text = this.#held.shift()
      if (text === undefined) return this.#parts.websocket.resume()
      this.#deliver(text)
    }
    if (!this.#isOver) this.#wait()
  }

  #wait(): void {
    if (this.#isBusy || this.#timer) return
    this.#warn()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#goOn()
    }, this.#bucket.waitMs)
  }

  #warn(): void {
    const now = Date.now()
    if (now - this.#warnedAt < WARNING_MS) return
    this.#warnedAt = now
    this.#parts.onLimit()
  }
}
