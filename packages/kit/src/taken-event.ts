import { DEAD_HEADERS, HEADERS, REPLAY_HEADER } from '@meshboard/contracts'
import type { Delivery } from './broker/broker.ts'
import type { ConsumerMetrics } from './consumer-metrics.ts'
import type { Death, Letter } from './dead-letters.ts'
import type { Consumer, Runtime } from './define-service.ts'
import type { Queued } from './delivery-queue.ts'
import type { Validate } from './validate.ts'

/** From this attempt on nothing begins beside a delivery of which nobody here knows why it came again. */
const SUSPECT_ATTEMPT = 3
const FAILURES_KNOWN_MAX = 10_000

/** A consumer at work, in one process. */
export interface Work {
  readonly runtime: Runtime
  readonly consumer: Consumer<unknown>
  readonly deps: unknown
  readonly validate: Validate<unknown>
  readonly counts: ConsumerMetrics
  /** The events whose handler goes on although its time was up. */
  readonly lingering: Set<string>
  /** The last attempt at a delivery that ended in a failure here, by its place. */
  readonly failedAt: Map<string, number>
}

/** An event in hand, as its consumer is to see it. */
export interface Taken extends Queued, Letter {
  readonly work: Work
  /** The run of a replay, when it comes again on purpose. */
  readonly replay: string | undefined
  readonly traceId: string
  /** Given up, but not stored among the dead letters yet. */
  death?: Death
}

/** An event as its stream delivers it. */
export const takeEvent = (work: Work, delivery: Delivery): Taken =>
  taken(work, delivery, {
    id: delivery.headers[HEADERS.messageId.toLowerCase()] ?? '',
    subject: delivery.subject,
    replay: undefined,
  })

/** An event that only this consumer takes again: it has the id and the subject it had at first. */
export const takeRedriven = (work: Work, delivery: Delivery): Taken =>
  taken(work, delivery, {
    id: delivery.headers[DEAD_HEADERS.id] ?? '',
    subject: delivery.headers[DEAD_HEADERS.subject] ?? '',
    replay: delivery.headers[REPLAY_HEADER],
  })

const taken = (
  work: Work,
  delivery: Delivery,
  told: Pick<Taken, 'id' | 'subject' | 'replay'>,
): Taken => ({
  ...told,
  work,
  delivery,
  data: delivery.data,
  headers: delivery.headers,
  stream: delivery.stream,
  seq: delivery.seq,
  attempt: delivery.attempt,
  key: `${work.consumer.name} ${told.subject}`,
  suspect: isSuspect(work, delivery),
  traceId: delivery.headers[HEADERS.traceparent]?.split('-')[1] ?? '0'.repeat(32),
})

/** It was begun before and nobody here saw how that ended: a process may have ended with it. */
const isSuspect = ({ failedAt }: Work, { stream, seq, attempt }: Delivery): boolean =>
  attempt >= SUSPECT_ATTEMPT && failedAt.get(placeOf(stream, seq)) !== attempt - 1

/** Notes that an attempt ended in a failure, and not with the process. */
export const noteFailure = ({ work: { failedAt }, stream, seq, attempt }: Taken): void => {
  const place = placeOf(stream, seq)
  failedAt.delete(place)
  failedAt.set(place, attempt)
  const [oldest] = failedAt.keys()
  if (failedAt.size > FAILURES_KNOWN_MAX && oldest !== undefined) failedAt.delete(oldest)
}

const placeOf = (stream: string, seq: number): string => `${stream}:${seq}`
