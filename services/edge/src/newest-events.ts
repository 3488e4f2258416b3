import { setImmediate as nextTurn } from 'node:timers/promises'
import { eventSubject, streamName } from '@meshboard/contracts'
import type { Message } from '@meshboard/kit'
import { type FeedEvent, toFeedEvent } from './feed-event.ts'
import type { StoredReads } from './measured-reads.ts'
import type { Source } from './replay.ts'
import type { Turnstile } from './turnstile.ts'

const SUBJECTS_MAX = 512
const READ_MS = 2_000

interface Look {
  readonly subject: string
  readonly after: number
  resolve(found: FeedEvent | undefined): void
  reject(error: unknown): void
}

/**
 * Looks for the newest stored event of a subject. Looks at one stream that come together are one
 * read, so that 50,000 subjects cost a hundred.
 */
export class NewestEvents {
  readonly #broker: Pick<StoredReads, 'newestStored'>
  readonly #turnstile: Turnstile
  readonly #onRead: () => void
  /** Not on their way yet, by service. */
  readonly #looks = new Map<string, Look[]>()

  constructor(parts: {
    broker: Pick<StoredReads, 'newestStored'>
    turnstile: Turnstile
    onRead: () => void
  }) {
    this.#broker = parts.broker
    this.#turnstile = parts.turnstile
    this.#onRead = parts.onRead
  }

  /** The newest event of a subject; none when nothing is stored beyond sequence `after`. */
  find({ service, topic, key }: Source, after: number): Promise<FeedEvent | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<FeedEvent | undefined>()
    const look = { subject: eventSubject(service, topic, key), after, resolve, reject }
    const looks = this.#looks.get(service)
    if (looks) looks.push(look)
    else {
      this.#looks.set(service, [look])
      void this.#goSoon(service)
    }
    return promise
  }

  /** What comes until it is this stream's turn goes along. */
  async #goSoon(service: string): Promise<void> {
    await nextTurn()
    await this.#turnstile.pass(async () => {
      const looks = this.#looks.get(service) ?? []
      this.#looks.delete(service)
      looks.sort((a, b) => a.after - b.after)
      for (let from = 0; from < looks.length; from += SUBJECTS_MAX) {
        await this.#make(service, looks.slice(from, from + SUBJECTS_MAX))
      }
    }, service)
  }

  /** Ends each of the looks. */
  async #make(service: string, looks: readonly Look[]): Promise<void> {
    this.#onRead()
    try {
      const found = await this.#read(service, looks)
      for (const { subject, resolve } of looks) {
        const newest = found.get(subject)
        resolve(newest && toFeedEvent(newest))
      }
    } catch (error) {
      for (const { reject } of looks) reject(error)
    }
  }

  async #read(service: string, looks: readonly Look[]): Promise<Map<string, Message>> {
    const subjects = [...new Set(looks.map(({ subject }) => subject))]
    const found = await this.#broker.newestStored(streamName(service), subjects, {
      seq: (looks[0]?.after ?? 0) + 1,
      deadline: Date.now() + READ_MS,
    })
    return new Map(found.map((message) => [message.subject, message]))
  }
}
