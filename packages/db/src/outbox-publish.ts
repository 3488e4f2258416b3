import { HEADERS, eventSubject, streamName } from '@meshboard/contracts'
import { type Broker, type Stored, activeTraceparent, inSpan, publishSpan } from '@meshboard/kit'

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
export const publishStored = (broker: Broker, service: string, row: StoredRow): Promise<Stored> =>
  inSpan(publishSpan({ ...row, service, traceparent: row.headers[HEADERS.traceparent] }), () => {
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
