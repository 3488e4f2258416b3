import { HEADERS, eventSubject, streamName, topicSubjects } from '@meshboard/contracts'
import { type Broker, SpanKind, activeTraceparent, contextFrom, inSpan } from '@meshboard/kit'

const STORE_MS = 5_000

/** An event as the outbox has it. */
export interface StoredRow {
  readonly id: string
  readonly topic: string
  readonly key: string
  readonly n: string
  readonly event: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

/**
 * Stores an event in its stream: a span below the change that raised it, however long ago that was,
 * and above what whoever hears of it does.
 */
export const publishStored = (broker: Broker, service: string, row: StoredRow): Promise<unknown> =>
  inSpan(spanOf(service, row), () => {
    const traceparent = activeTraceparent()
    const headers = {
      ...row.headers,
      [HEADERS.n]: row.n,
      ...(traceparent !== undefined && { [HEADERS.traceparent]: traceparent }),
    }
    const subject = eventSubject(service, row.topic, row.key)
    const deadline = Date.now() + STORE_MS
    return broker.store(streamName(service), subject, row.payload, {
      id: row.id,
      headers,
      deadline,
    })
  })

const spanOf = (service: string, { id, topic, event, headers }: StoredRow) => ({
  name: `publish ${topicSubjects(service, topic)}`,
  kind: SpanKind.PRODUCER,
  parent: contextFrom(headers[HEADERS.traceparent]),
  attributes: {
    'messaging.system': 'nats',
    'messaging.operation.name': 'publish',
    'messaging.destination.name': event,
    'messaging.message.id': id,
  },
})
