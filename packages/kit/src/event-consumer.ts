import {
  type EventDeclaration,
  Failure,
  HEADERS,
  durableName,
  parseEventSubject,
  serviceOf,
  streamName,
} from '@meshboard/contracts'
import { type Backoff, delayBefore } from './backoff.ts'
import type { Delivery, Running } from './broker/broker.ts'
import { bury } from './dead-letters.ts'
import type { Consumer, Received, Runtime } from './define-service.ts'
import { decodeJson } from './json.ts'
import { SpanKind, activeTraceId, contextFrom, inSpan } from './telemetry.ts'
import { type Validate, compileValidation } from './validate.ts'

/** Deliveries unfinished at a time, of one consumer in one process. */
const CONCURRENCY = 16
const RETRY: Backoff = { firstMs: 500, maxMs: 30_000 }

/**
 * Runs a consumer: at least once each event, in order per subject unless one is retried. A failure
 * is retried with a growing delay, then stored as a dead letter; what can never succeed (not
 * readable, not what its subject says, a failure with `retry: 'never'`) is stored at once.
 */
export const startConsumer = (
  runtime: Runtime,
  consumer: Consumer<unknown>,
  deps: unknown,
): Promise<Running> => {
  const { broker, service } = runtime
  const validate = compileValidation(consumer.event.data)
  return broker.consume(
    streamName(serviceOf(consumer.event.name)),
    durableName(service, consumer.name),
    {
      concurrency: CONCURRENCY,
      handle: (delivery) => handleDelivery({ runtime, consumer, deps, validate }, delivery),
    },
  )
}

interface Work {
  runtime: Runtime
  consumer: Consumer<unknown>
  deps: unknown
  validate: Validate<unknown>
}

const handleDelivery = async (work: Work, delivery: Delivery): Promise<void> => {
  const { runtime, consumer } = work
  if (delivery.headers[HEADERS.event] !== consumer.event.name) return delivery.ack()
  const done = runtime.metrics.deliveryStarted(consumer.name)
  try {
    await inSpan(
      {
        name: `process ${consumer.name}`,
        kind: SpanKind.CONSUMER,
        parent: contextFrom(delivery.headers[HEADERS.traceparent]),
        attributes: {
          'messaging.system': 'nats',
          'messaging.operation.name': 'process',
          'messaging.destination.name': consumer.event.name,
          'messaging.message.id': delivery.headers[HEADERS.messageId.toLowerCase()] ?? '',
        },
      },
      () => consumer.handle(read(work, delivery), work.deps),
    )
  } catch (error) {
    done(error instanceof Failure ? error.code : 'internal')
    return giveBack(work, delivery, error)
  }
  done('ok')
  await delivery.ack()
}

/** The event, proven to be what its subject says: a stranger's reply cannot pass for one. */
const read = (
  { runtime, consumer, validate }: Work,
  delivery: Delivery,
): Received<EventDeclaration> => {
  const data = validate(decodeJson(delivery.data))
  const { headers } = delivery
  const id = headers[HEADERS.messageId.toLowerCase()]
  const n = Number(headers[HEADERS.n])
  if (id === undefined || !Number.isSafeInteger(n))
    throw new Unreadable('the event has no id or number')
  if (parseEventSubject(delivery.subject)?.key !== keyOf(consumer.event, data)) {
    throw new Unreadable('the key is not that of the subject')
  }
  const traceId = activeTraceId()
  return {
    id,
    data,
    n,
    time: headers[HEADERS.time] ?? '',
    traceId,
    log: runtime.log,
    metrics: runtime.metrics,
  }
}

class Unreadable extends Error {}

const keyOf = (event: EventDeclaration, data: unknown): unknown =>
  event.key === 'all' ? 'all' : (data as Record<string, unknown>)[event.key]

const giveBack = async (
  { runtime, consumer }: Work,
  delivery: Delivery,
  error: unknown,
): Promise<void> => {
  const { log, broker, service, config } = runtime
  const line = {
    err: error,
    consumer: consumer.name,
    subject: delivery.subject,
    attempt: delivery.attempt,
  }
  if (isTransient(error) || (!isHopeless(error) && delivery.attempt < config.deliveryAttemptsMax)) {
    log.warn(line, 'delivery failed, will be retried')
    return delivery.retry(500 + delayBefore(delivery.attempt, RETRY))
  }
  log.error(line, 'delivery failed, stored as a dead letter')
  try {
    await bury(broker, delivery, {
      service,
      consumer: consumer.name,
      reason: error instanceof Error ? error.message : String(error),
    })
  } catch (fault) {
    log.error({ ...line, err: fault }, 'dead letter could not be stored, will be retried')
    delivery.retry(RETRY.maxMs)
  }
}

/** Something else is away or busy: that is no fault of the event, however long it lasts. */
const isTransient = (error: unknown): boolean =>
  error instanceof Failure && error.code !== 'internal' && error.retry !== 'never'

const isHopeless = (error: unknown): boolean =>
  error instanceof Unreadable || (error instanceof Failure && error.retry === 'never')
