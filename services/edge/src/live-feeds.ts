import type { Broker, Message, Running } from '@meshboard/kit'
import { type LiveEvent, toLiveEvent } from './feed-event.ts'
import type { Push } from './feed-parts.ts'
import { inPushSpan } from './push-span.ts'
import type { Source } from './replay.ts'

/** Who is told of each event as it comes by. */
export interface LiveWatcher {
  event(event: LiveEvent): void
}

interface Heard {
  readonly channel: string
  readonly watchers: Set<LiveWatcher>
  readonly running: Promise<Running>
  /** How many events have come by. */
  count: number
}

interface LiveFeedsParts {
  broker: Broker
  onPush: (push: Push) => void
  onFault: (error: unknown, of: Pick<Source, 'channel'>) => void
}

/**
 * Subjects that are passed on as they come by, at most once and in no order: signals, and topics whose
 * every key somebody watches. Each is heard at the broker once, for as long as anybody wants it.
 */
export class LiveFeeds {
  readonly #parts: LiveFeedsParts
  readonly #heard = new Map<string, Heard>()

  constructor(parts: LiveFeedsParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#heard.size
  }

  /** Has a watcher told of what comes by from now on; gives the way to end that. */
  async join(
    ...[subject, channel, watcher]: [subject: string, channel: string, watcher: LiveWatcher]
  ): Promise<() => void> {
    const heard = this.#heard.get(subject) ?? this.#open(subject, channel)
    const leave = () => this.#leave(subject, heard, watcher)
    heard.watchers.add(watcher)
    try {
      await heard.running
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }

  async close(): Promise<void> {
    const all = [...this.#heard.values()]
    this.#heard.clear()
    await Promise.all(all.map((heard) => this.#stop(heard)))
  }

  #open(subject: string, channel: string): Heard {
    const hear = (message: Message) => this.#hear(message, heard)
    const running = this.#parts.broker.subscribe(subject, hear)
    const heard: Heard = { channel, watchers: new Set(), running, count: 0 }
    this.#heard.set(subject, heard)
    return heard
  }

  #leave(...[subject, heard, watcher]: [string, Heard, LiveWatcher]): void {
    heard.watchers.delete(watcher)
    if (heard.watchers.size > 0 || this.#heard.get(subject) !== heard) return
    this.#heard.delete(subject)
    void this.#stop(heard)
  }

  async #stop({ channel, running }: Heard): Promise<void> {
    try {
      await (await running).stop()
    } catch (error) {
      this.#parts.onFault(error, { channel })
    }
  }

  #hear(message: Message, heard: Heard): void {
    const { channel, watchers } = heard
    const fault = (error: unknown) => this.#parts.onFault(error, { channel })
    const event = toLiveEvent(message, (heard.count += 1))
    if (!event) return fault(new Error('an event came by without its name'))
    this.#parts.onPush({ source: { channel }, event, watchers: watchers.size })
    const push = () => {
      for (const watcher of watchers) watcher.event(event)
    }
    inPushSpan({ channel }, event, push)?.catch(fault)
  }
}
