import type { ClientFrameOf, GapReason, ServerFrame, ServerFrameOf } from '@meshboard/contracts'

type EventFrame = ServerFrameOf<'event'>
type Answer = Pick<ServerFrameOf<'subscribed'>, 'resumed' | 'replayed'> & { frames: ServerFrame[] }

/** What the edge can still give of one channel: its events, numbered without holes. */
export class TestStream {
  epoch = 'aaaa'
  readonly #channel: string
  #events: EventFrame[] = []
  #n = 0

  constructor(channel: string) {
    this.#channel = channel
  }

  get position() {
    return { seq: this.#n * 10, n: this.#n, epoch: this.epoch }
  }

  add(event: string, data: unknown): EventFrame {
    this.#n += 1
    const time = new Date().toISOString()
    const { seq, n } = this.position
    const frame: EventFrame = { type: 'event', channel: this.#channel, event, seq, n, time, data }
    this.#events.push(frame)
    return frame
  }

  /** Forgets all events up to number `n`. */
  expire(n: number): void {
    this.#events = this.#events.filter((event) => event.n > n)
  }

  /** What a subscriber gets that comes with `since`. */
  answer(since: ClientFrameOf<'subscribe'>['since']): Answer {
    if (!since) return { resumed: false, replayed: 0, frames: [] }
    if ('last' in since) {
      const frames = this.#events.slice(-since.last)
      return { resumed: false, replayed: frames.length, frames }
    }
    if (!('seq' in since)) throw new Error('the test edge knows no times')
    if (since.epoch !== this.epoch) {
      return { resumed: false, replayed: 0, frames: [this.#gap(since.n + 1, this.#n, 'epoch')] }
    }
    const frames = this.#events.filter(({ n }) => n > since.n)
    const first = frames[0]?.n ?? this.#n + 1
    if (first === since.n + 1) return { resumed: true, replayed: frames.length, frames }
    const gap = this.#gap(since.n + 1, first - 1, 'expired')
    return { resumed: false, replayed: frames.length, frames: [gap, ...frames] }
  }

  #gap(from: number, to: number, reason: GapReason): ServerFrame {
    return { type: 'gap', channel: this.#channel, from, to, reason }
  }
}
