import { eventSubject } from '@meshboard/contracts'
import { Agenda } from './agenda.ts'
import { Feed } from './feed.ts'
import type { FeedParts } from './feed-parts.ts'
import type { Source } from './replay.ts'

interface Shared {
  readonly feed: Feed
  readonly opened: Promise<void>
  users: number
  linger: NodeJS.Timeout | undefined
}

/**
 * The feeds that are watched: one a subject, however many sockets want it. One that nobody wants any
 * more is dropped after a moment, since most who leave come back.
 */
export class Hub {
  readonly #agenda = new Agenda<Feed>()
  readonly #parts: FeedParts
  readonly #lingerMs: number
  readonly #shared = new Map<string, Shared>()

  constructor(parts: Omit<FeedParts, 'agenda'>, lingerMs: number) {
    this.#parts = { ...parts, agenda: this.#agenda }
    this.#lingerMs = lingerMs
  }

  get feeds(): readonly Feed[] {
    return [...this]
  }

  /** Those that are to be compared with their streams by now. */
  due(nowMs: number): Feed[] {
    return this.#agenda.due(nowMs).filter(({ plan }) => plan.next <= nowMs)
  }

  get size(): number {
    return this.#shared.size
  }

  /**
   * The feed of a subject, open. Whoever gets it gives it back with `release`, and before that its
   * recent events, which are in use for whoever gets it.
   */
  async take(source: Source): Promise<Feed> {
    const subject = subjectOf(source)
    const shared = this.#shared.get(subject) ?? this.#open(source)
    shared.users += 1
    shared.feed.recent.use()
    this.#endLinger(shared)
    try {
      await shared.opened
      return shared.feed
    } catch (error) {
      if (this.#shared.get(subject) === shared) this.#shared.delete(subject)
      throw error
    }
  }

  release(feed: Feed): void {
    const subject = subjectOf(feed.source)
    const shared = this.#shared.get(subject)
    if (shared?.feed !== feed) return
    shared.users -= 1
    if (shared.users > 0) return
    feed.recent.use()
    shared.linger = setTimeout(() => {
      this.#shared.delete(subject)
      this.#closeQuietly(feed)
    }, this.#lingerMs)
  }

  [Symbol.iterator](): Iterator<Feed> {
    return this.#shared.values().map(({ feed }) => feed)
  }

  async close(): Promise<void> {
    const all = [...this.#shared.values()]
    this.#shared.clear()
    for (const { feed, linger } of all) {
      clearTimeout(linger)
      await feed.close()
    }
  }

  #endLinger(shared: Shared): void {
    if (!shared.linger) return
    clearTimeout(shared.linger)
    shared.linger = undefined
    shared.feed.recent.release()
  }

  #open(source: Source): Shared {
    const feed = new Feed(source, this.#parts)
    const opened = feed.open()
    opened.catch(() => this.#closeQuietly(feed))
    const shared = { feed, opened, users: 0, linger: undefined }
    this.#shared.set(subjectOf(source), shared)
    return shared
  }

  #closeQuietly(feed: Feed): void {
    feed.close().catch((error: unknown) => this.#parts.onFault(error, feed.source))
  }
}

const subjectOf = ({ service, topic, key }: Source): string => eventSubject(service, topic, key)
