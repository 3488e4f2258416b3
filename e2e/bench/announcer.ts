import {
  HEADERS,
  earnings,
  eventSubject,
  feedSubject,
  filterHeader,
  streamName,
} from '@meshboard/contracts'
import type { BareNats } from './bare-nats.ts'
import { markedBody } from './marks.ts'

/** Where messages go: for each user in turn, to the plain subject of that name or to the feed. */
export interface Topics {
  readonly users: readonly string[]
  readonly asFeed: boolean
}

const BODY = markedBody(200)
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
const STREAM = streamName(earnings.name)
const TOPIC = earnings.events.credited.topic

/** The plain subject of a user. */
export const plainTopic = (user: string): string => `bench.topic.${user}`

/**
 * Publishes message after message, each for the next user. A feed gets the copy that a stream sends
 * of what it stores, header for header; the stream itself is left out, or the generator's core would
 * be the limit.
 */
export class Announcer {
  readonly #nats: BareNats
  readonly #topics: Topics
  #count = 0

  constructor(nats: BareNats, topics: Topics) {
    this.#nats = nats
    this.#topics = topics
  }

  /** How many users there are. */
  get users(): number {
    return this.#topics.users.length
  }

  next(): void {
    const { users, asFeed } = this.#topics
    const user = users[this.#count % users.length] ?? ''
    const n = Math.floor(this.#count / users.length) + 1
    this.#count += 1
    if (!asFeed) return this.#nats.publish(plainTopic(user), BODY)
    const subject = feedSubject(earnings.name, TOPIC, user)
    this.#nats.publish(subject, BODY, copyHeaders({ user, n, seq: this.#count }))
  }
}

const copyHeaders = ({ user, n, seq }: { user: string; n: number; seq: number }): string => {
  const stored = eventSubject(earnings.name, TOPIC, user)
  const time = new Date().toISOString()
  return [
    'NATS/1.0',
    `${HEADERS.event}: ${earnings.events.credited.name}`,
    `${HEADERS.time}: ${time}`,
    `${HEADERS.contract}: ${earnings.version}`,
    `${HEADERS.traceparent}: ${TRACEPARENT}`,
    `${filterHeader('source')}: network`,
    `${HEADERS.subject}: ${stored}`,
    `${HEADERS.n}: ${n}`,
    `Nats-Msg-Id: evt_${seq}`,
    `Nats-Expected-Stream: ${STREAM}`,
    `Nats-Stream: ${STREAM}`,
    `Nats-Subject: ${stored}`,
    `Nats-Sequence: ${seq}`,
    `Nats-Time-Stamp: ${time}`,
    `Nats-Last-Sequence: ${seq - 1}`,
    '\r\n',
  ].join('\r\n')
}
