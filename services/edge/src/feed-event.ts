import {
  HEADERS,
  type GapReason,
  parseEventSubject,
  serviceOf,
  storedSubject,
} from '@meshboard/contracts'
import type { HeaderValues, Message } from '@meshboard/kit'

/** Where a feed or a subscription stands. `n` 0: nothing seen yet. */
export interface Place {
  /** The stream's sequence of the newest event. */
  readonly seq: number
  /** Its number in the channel. */
  readonly n: number
}

/** Events that cannot be given, from number `from` to number `to`. */
export interface Gap {
  readonly from: number
  readonly to: number
  readonly reason: GapReason
}

/** One event as it is relayed: what its headers say, and its data as the bytes they came in. */
export interface FeedEvent extends Place {
  /** Its full name, `earnings.credited`. */
  readonly name: string
  /** When it happened, RFC 3339. */
  readonly time: string
  /** JSON in UTF-8, never parsed here. */
  readonly data: Uint8Array
  readonly headers: HeaderValues
  /** Its frame by dialect and channel: made once, however many sockets get it. */
  readonly frames: Map<string, Buffer>
}

/**
 * The event in a message of a feed or of a stream; undefined when its headers do not say which it
 * is, or say that it was raised for another subject and somebody had it copied here.
 */
export const toFeedEvent = ({ subject, headers, data }: Message): FeedEvent | undefined => {
  const here = storedSubject(subject)
  if ((headers[HEADERS.subject] ?? here) !== here) return undefined
  const seq = Number(headers['nats-sequence'])
  const n = Number(headers[HEADERS.n])
  const name = headers[HEADERS.event]
  if (!isCount(seq) || !isCount(n) || name === undefined) return undefined
  return { seq, n, name, time: headers[HEADERS.time] ?? '', data, headers, frames: new Map() }
}

/** An event that is passed on as it comes by; its `n` counts those that came by here. */
export interface LiveEvent extends FeedEvent {
  /** Whose it is, as its subject says. */
  readonly key: string
}

/**
 * The event in a message that nobody is to catch up on; undefined when its headers do not say which
 * it is, or it comes by on a subject that is not its own.
 */
export const toLiveEvent = (
  { subject, headers, data }: Message,
  n: number,
): LiveEvent | undefined => {
  const here = storedSubject(subject)
  const { service, key } = parseEventSubject(subject) ?? {}
  const name = headers[HEADERS.event]
  if ((headers[HEADERS.subject] ?? here) !== here || key === undefined) return undefined
  if (name === undefined || serviceOf(name) !== service) return undefined
  const time = headers[HEADERS.time] ?? ''
  return { seq: 0, n, key, name, time, data, headers, frames: new Map() }
}

/** The part of `events` that follows number `n` without a hole. */
export const following = (events: readonly FeedEvent[], n: number): readonly FeedEvent[] => {
  const start = events.findIndex((event) => event.n === n + 1)
  if (start < 0) return []
  const hole = events.findIndex(
    (event, index) => index >= start && event.n !== n + 1 + index - start,
  )
  return events.slice(start, hole < 0 ? undefined : hole)
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0
