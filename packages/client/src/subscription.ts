import type {
  ChannelName,
  ClientFrame,
  ClientFrameOf,
  ServerFrameOf,
} from '@meshboard/contracts/client'
import { CHANNEL_CLASSES } from './channel-classes.ts'
import type { Position } from './mesh-types.ts'
import { placeAfter } from './sequence.ts'
import type { WatchOptions } from './watch.ts'

/** What a subscription needs of its client. */
export interface SubscriptionPort {
  nextId(): number
  /** Sends, when there is a connection. */
  send(frames: ClientFrame[]): void
}

/** Where a subscription's events go. */
export interface Receiver {
  /** The next event. False: no room, ask again from here when `resume` is called. */
  event(frame: ServerFrameOf<'event'>, position: Position): boolean
  /** Where the subscription stands before any event. */
  standsAt(position: Position): void
  gap(gap: Omit<ServerFrameOf<'gap'>, 'type'>): void
}

type SubscriptionOptions = Pick<WatchOptions<ChannelName>, 'since' | 'filter' | 'params'>

interface Parts {
  options: SubscriptionOptions
  port: SubscriptionPort
  receiver: Receiver
}

/**
 * The protocol side of one watch: keeps its place in the channel over repeats, holes and lost
 * connections. Events that come twice are dropped; a hole makes it ask again from the last event.
 */
export class Subscription {
  readonly #ref: { channel: ChannelName; params?: Record<string, string> }
  readonly #options: SubscriptionOptions
  readonly #port: SubscriptionPort
  readonly #receiver: Receiver
  /** The request the edge has not answered. */
  #asking: number | undefined
  /** The number the next event follows; undefined: whatever comes is the next. */
  #last: number | undefined
  #received: Position | undefined
  #epoch = ''
  /** After which number a hole was already asked for once. */
  #holeAfter: number | undefined
  #paused = false

  constructor(channel: ChannelName, { options, port, receiver }: Parts) {
    this.#ref = { channel, ...(options.params && { params: options.params }) }
    this.#options = options
    this.#port = port
    this.#receiver = receiver
    if (options.since && 'seq' in options.since) this.#startAt(options.since)
  }

  get isLog(): boolean {
    return CHANNEL_CLASSES[this.#ref.channel] === 'log'
  }

  /** The frame that begins or resumes it; none while it is paused. */
  subscribeFrame(): ClientFrameOf<'subscribe'> | undefined {
    if (this.#paused) return undefined
    this.#asking = this.#port.nextId()
    const since = this.isLog ? (this.#received ?? this.#options.since) : this.#options.since
    const { filter } = this.#options
    return {
      type: 'subscribe',
      id: this.#asking,
      ...this.#ref,
      ...(since && { since }),
      ...(filter && { filter }),
    }
  }

  /** Begins or resumes it now. */
  ask(): void {
    const frame = this.subscribeFrame()
    if (frame) this.#port.send([frame])
  }

  /** Whether `id` is that of its open request. */
  asks(id: number | undefined): boolean {
    return id !== undefined && id === this.#asking
  }

  /** The edge answers the open request. */
  subscribed({ seq, n, epoch, resumed, replayed }: ServerFrameOf<'subscribed'>): void {
    this.#asking = undefined
    this.#epoch = epoch
    if (resumed && this.#received) {
      this.#received = { ...this.#received, epoch }
    } else if (replayed > 0) {
      this.#last = undefined
    } else {
      this.#startAt({ seq, n, epoch })
    }
  }

  event(frame: ServerFrameOf<'event'>): void {
    if (this.#paused || (this.#asking !== undefined && this.#last === undefined)) return
    const place = this.isLog ? placeAfter(this.#last, frame) : 'next'
    if (place === 'repeated') return
    if (place === 'hole' && !this.#acceptsHole(frame)) return
    const position = { seq: frame.seq, n: frame.n, epoch: this.#epoch }
    if (!this.#receiver.event(frame, position)) return this.#pause()
    this.#last = frame.n
    this.#received = position
  }

  /** What follows a gap is the next, wherever it stands. */
  gap(frame: ServerFrameOf<'gap'>): void {
    this.#last = undefined
    this.#receiver.gap(frame)
  }

  /** Tells the edge that it is over. */
  stop(): void {
    if (!this.#paused) this.#port.send([this.#unsubscribeFrame()])
  }

  /** There is room again. */
  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.ask()
  }

  #startAt(position: Position): void {
    this.#received = position
    this.#epoch = position.epoch
    this.#last = position.n
    this.#receiver.standsAt(position)
  }

  /** The edge is asked for a hole once; what it then still does not give counts as gone. */
  #acceptsHole({ n, skipped = 0 }: ServerFrameOf<'event'>): boolean {
    const last = this.#last ?? 0
    if (this.#asking !== undefined) return false
    if (this.#holeAfter !== last) {
      this.#holeAfter = last
      this.#port.send([this.#unsubscribeFrame()])
      this.ask()
      return false
    }
    this.#receiver.gap({ ...this.#ref, from: last + 1, to: n - skipped - 1, reason: 'unknown' })
    return true
  }

  #pause(): void {
    this.#port.send([this.#unsubscribeFrame()])
    this.#paused = true
    this.#asking = undefined
  }

  #unsubscribeFrame(): ClientFrameOf<'unsubscribe'> {
    return { type: 'unsubscribe', id: this.#port.nextId(), ...this.#ref }
  }
}
