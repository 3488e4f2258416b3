import { faultPoint } from '#fault-point'
import { Failure, HEADERS } from '@meshboard/contracts'
import { TimedOut, Undecodable, attemptEvent } from './attempt-event.ts'
import { type Backoff, delayBefore } from './backoff.ts'
import { BrokerError } from './broker/broker.ts'
import { type Death, bury, inOneLine } from './dead-letters.ts'
import { isOtherMajor } from './event-name.ts'
import { settleSpan } from './span-attributes.ts'
import { type Taken, noteFailure } from './taken-event.ts'
import { endSpan, startSpan } from './telemetry.ts'

/** What others are to blame for is tried again in hand; what the consumer fails at comes from the broker again. */
const HELD: Backoff = { firstMs: 500, maxMs: 30_000 }
const RETRY: Backoff = { firstMs: 500, maxMs: 30_000 }
/** The least wait before any further attempt. */
const LEAST_MS = 50

/**
 * Handles an event that is in hand and ends its delivery, or gives the time in milliseconds after
 * which to call this again. `tries` counts the calls. What others are to blame for never ends a
 * delivery; what the consumer fails at by itself ends it a number of times, and then as a dead letter,
 * as what can never succeed does at once.
 */
export const handleEvent = async (taken: Taken, tries: number): Promise<number | undefined> => {
  const death = taken.death ?? refusalOf(taken)
  if (death) return giveUp(taken, death, tries)
  try {
    await attemptEvent(taken)
  } catch (error) {
    return afterFailure(taken, error, tries)
  }
  faultPoint('after-effect-before-ack')
  const settling = startSpan(settleSpan(taken))
  taken.delivery.ack()
  endSpan(settling)
  faultPoint('after-ack')
  return undefined
}

/** What is not even tried. */
const refusalOf = (taken: Taken): Death | undefined => {
  const { work, headers, attempt, replay } = taken
  const { consumer, runtime } = work
  const name = headers[HEADERS.event] ?? ''
  if (isOtherMajor(name, consumer.event.name))
    return deathOf(taken, 'undecodable', `${name} is of a major version that is not known here`)
  if (name !== consumer.event.name)
    return deathOf(
      taken,
      'undecodable',
      `${name || 'an event without a name'} is not for ${consumer.name}`,
    )
  if (replay !== undefined && consumer.replayable !== true)
    return deathOf(taken, 'permanent', `${consumer.name} may not see an event a second time`)
  if (attempt > runtime.config.deliveryAttemptsMax)
    return deathOf(taken, 'crashed', `begun ${attempt - 1} times and never ended`)
  return undefined
}

const deathOf = (taken: Taken, kind: Death['kind'], reason: string): Death => ({
  service: taken.work.runtime.service,
  consumer: taken.work.consumer.name,
  kind,
  reason,
  traceId: taken.traceId,
})

const afterFailure = (
  ...[taken, error, tries]: [Taken, unknown, number]
): number | Promise<number | undefined> | undefined => {
  const { log, config } = taken.work.runtime
  const line = { ...lineOf(taken), err: error }
  if (isTransient(error)) {
    log.warn({ ...line, tries }, 'something else is away, will be tried again')
    const askedMs = error instanceof Failure ? (error.retryAfterMs ?? 0) : 0
    return Math.max(LEAST_MS, Math.min(askedMs, HELD.maxMs), delayBefore(tries, HELD))
  }
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof Undecodable) return giveUp(taken, deathOf(taken, 'undecodable', reason), 1)
  if (error instanceof Failure && error.retry === 'never')
    return giveUp(taken, deathOf(taken, 'permanent', reason), 1)
  if (taken.attempt >= config.deliveryAttemptsMax)
    return giveUp(taken, deathOf(taken, 'exhausted', reason), 1)
  log.warn(line, 'delivery failed, will be retried')
  noteFailure(taken)
  taken.delivery.retry(500 + delayBefore(taken.attempt, RETRY))
  return undefined
}

/** Something else is away or busy: that is no fault of the event, however long it lasts. */
const isTransient = (error: unknown): boolean => {
  if (error instanceof TimedOut) return false
  if (error instanceof BrokerError) return PASSING.has(error.fault)
  if (!(error instanceof Failure) || error.code === 'internal') return false
  return error.retry === 'now' || error.retry === 'later'
}

const PASSING: ReadonlySet<string> = new Set([
  'no_responders',
  'timeout',
  'aborted',
  'disconnected',
  'not_stored',
])

const giveUp = async (
  ...[taken, death, tries]: [Taken, Death, number]
): Promise<number | undefined> => {
  const { log, broker } = taken.work.runtime
  const line = { ...lineOf(taken), kind: death.kind, reason: death.reason }
  taken.death = death
  try {
    await bury(broker, taken, death)
  } catch (fault) {
    log.error({ ...line, err: fault }, 'dead letter could not be stored, will be tried again')
    return LEAST_MS + delayBefore(tries, HELD)
  }
  log.error(line, 'event given up, stored as a dead letter')
  taken.work.counts.deadLetters.inc({ consumer: death.consumer, kind: death.kind })
  taken.delivery.reject(inOneLine(death.reason, 128))
  return undefined
}

const lineOf = ({ work, subject, id, attempt }: Taken) => ({
  consumer: work.consumer.name,
  subject,
  eventId: id,
  attempt,
})
