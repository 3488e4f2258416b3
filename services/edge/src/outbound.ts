import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { type Keeper, type Kept, KeptFrames } from './kept-frames.ts'
import type { Behind } from './outbound-budget.ts'
import { Progress } from './progress.ts'
import type { Corked } from './turn.ts'

const LOOK_MS = 20

/** Why a client is given up that reads too slowly. */
type SlowCause = 'outbound_bytes' | 'outbound_budget_bytes' | 'write_deadline'

export interface OutboundParts {
  websocket: WebSocket
  socket: Socket
  config: Pick<Config, 'outboundBytesMax' | 'outboundHighBytes' | 'outboundLowBytes'>
  deps: Pick<Deps, 'turn' | 'budget' | 'pressure' | 'traffic'>
  /** The client reads too slowly; called once. */
  onSlow: () => void
}

/**
 * What is on its way to one client: bounded in bytes, those in the socket's own buffer included.
 * Frames are sent at once, whatever waits. Events that can be got again are refused while too much
 * waits; those that may be left out are kept back, the newest of each key.
 */
export class Outbound implements Behind, Corked {
  readonly #parts: OutboundParts
  readonly #progress: Progress
  #kept: KeptFrames | undefined
  #waiting: (() => void)[] = []
  #isOver = false
  /** What of the process's budget it has. */
  #counted = 0

  constructor(parts: OutboundParts) {
    this.#parts = parts
    this.#progress = new Progress(parts.socket)
    const { socket, deps } = parts
    deps.traffic.watch(socket)
    socket
      .on('drain', () => this.#wake())
      .on('close', () => {
        this.#end()
        this.#parts.deps.traffic.leave(this.#parts.socket)
      })
  }

  /** Bytes that wait, in the socket or kept back. */
  get bytes(): number {
    return this.#parts.websocket.bufferedAmount + (this.#kept?.bytes ?? 0)
  }

  /** Whether events that may be left out are kept back; later ones must not overtake them. */
  get isKeeping(): boolean {
    return this.#kept !== undefined
  }

  /** Sends a frame that must arrive, unless the client is too far behind: then it is given up. */
  send(text: string | Buffer): void {
    const room = this.#parts.config.outboundBytesMax - (this.#kept?.bytes ?? 0) - text.length
    if (this.#waits(room)) this.#giveUp('outbound_bytes')
    this.#write(text)
  }

  /** Sends an event, unless so much waits that it had better be got again later: then false. */
  offer(frame: Buffer): boolean {
    if (this.#isFull) return false
    this.#write(frame)
    return true
  }

  /** Keeps an event back until there is room, in place of the older one of its key. */
  keep(key: string, kept: Kept): void {
    if (this.#isOver) return
    const isFirst = this.#kept === undefined
    this.#kept ??= new KeptFrames(this.#parts.config.outboundHighBytes)
    this.#kept.put(key, kept)
    if (isFirst) void this.#letOut(this.#kept)
    this.#count()
  }

  /** Drops what is kept back for one owner. */
  forget(owner: Keeper): void {
    this.#kept?.forget(owner)
  }

  /** Waits until little is left to be taken by the network; nothing to wait for: undefined. */
  room(): Promise<void> | undefined {
    const { websocket, socket, config } = this.#parts
    const isOpen = this.#isOpen
    const isLow = websocket.bufferedAmount < config.outboundLowBytes
    if (socket.destroyed || (isOpen && isLow)) return undefined
    return new Promise((resume) => {
      this.#waiting.push(resume)
      // Less than the socket's high-water mark brings no 'drain'.
      if (isOpen && !socket.writableNeedDrain) setTimeout(() => this.#wake(), LOOK_MS)
    })
  }

  /** Gives up on a client that has taken nothing for `deadlineMs` although bytes wait for it. */
  checkProgress(now: number, deadlineMs: number): void {
    if (this.#counted > 0) this.#count()
    if (this.#progress.stuckMs(now) > deadlineMs) this.#giveUp('write_deadline')
  }

  giveUp(): void {
    this.#giveUp('outbound_budget_bytes')
  }

  cork(): void {
    this.#parts.socket.cork()
  }

  uncork(): void {
    const { socket } = this.#parts
    socket.uncork()
    if (socket.writableLength > 0 || this.#counted > 0) this.#count()
  }

  get #isOpen(): boolean {
    const { websocket } = this.#parts
    return websocket.readyState === websocket.OPEN && !this.#isOver
  }

  /** So much waits that events stay away. */
  get #isFull(): boolean {
    const { config, deps } = this.#parts
    return this.#waits(deps.budget.isTight ? config.outboundLowBytes : config.outboundHighBytes)
  }

  /** Whether at least so many bytes wait, also once the network has what this turn holds back. */
  #waits(bytes: number): boolean {
    const { websocket, socket } = this.#parts
    if (websocket.bufferedAmount < bytes) return false
    if (socket.writableCorked > 0) {
      socket.uncork()
      socket.cork()
    }
    return websocket.bufferedAmount >= bytes
  }

  #write(frame: string | Buffer): void {
    if (!this.#isOpen) return
    const { deps, websocket, socket } = this.#parts
    deps.turn.join(this)
    if (typeof frame === 'string') websocket.send(frame)
    else socket.write(frame)
  }

  /** Sends what is kept back, the oldest first, as there is room. */
  async #letOut(kept: KeptFrames): Promise<void> {
    while (kept.size > 0 && !this.#isOver) {
      await this.room()
      this.#letSomeOut(kept)
    }
    this.#kept = undefined
  }

  #letSomeOut(kept: KeptFrames): void {
    while (!this.#isFull) {
      const next = kept.shift()
      if (!next) return
      next.owner.goesOut(next)
      this.#write(next.frame)
    }
  }

  #wake(): void {
    if (this.#counted > 0) this.#count()
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }

  #count(): void {
    if (this.#isOver) return
    this.#counted = this.bytes
    this.#parts.deps.budget.set(this, this.#counted)
  }

  #giveUp(cause: SlowCause): void {
    if (this.#isOver) return
    this.#end()
    this.#parts.deps.pressure.limits.inc({ limit: cause })
    this.#parts.onSlow()
  }

  #end(): void {
    this.#isOver = true
    this.#counted = 0
    this.#kept?.clear()
    this.#parts.deps.budget.set(this, 0)
    this.#wake()
  }
}
