import {
  ADVISORY_STREAM,
  HEADERS,
  REDRIVE_STREAM,
  advisoryDurable,
  durableName,
  redriveDurable,
  serviceOf,
  streamName,
} from '@meshboard/contracts'
import { delayBefore } from './backoff.ts'
import type { Delivery, Message, Running } from './broker/broker.ts'
import { type Letter, bury } from './dead-letters.ts'
import type { Runtime } from './define-service.ts'
import { decodeJson } from './json.ts'
import { isOtherMajor } from './event-name.ts'
import { type Work, takeEvent, takeRedriven } from './taken-event.ts'

const IN_HAND_MAX = 16
const READ_MS = 5_000
/** How often an event is looked for before it counts as gone. */
const LOOKS = 4
const RETRY = { firstMs: 500, maxMs: 30_000 }

/** What the broker says when it has delivered something as often as it may. */
interface Advisory {
  readonly stream: string
  readonly consumer: string
  readonly stream_seq: number
  readonly deliveries: number
}

/**
 * The net below the consumers: what the broker gave up, since nobody ended its last delivery, is
 * stored among the dead letters, under the id its consumer would have used, by whichever instance
 * hears of it.
 */
export const startAdvisories = (runtime: Runtime, works: readonly Work[]): Promise<Running> => {
  const { broker, log, service } = runtime
  const handle = async (delivery: Delivery): Promise<void> => {
    try {
      const outcome = await keep(runtime, works, delivery)
      works[0]?.counts.advisories.inc({ outcome })
      delivery.ack()
    } catch (error) {
      log.error({ err: error }, 'what the broker gave up could not be stored, will be tried again')
      delivery.retry(500 + delayBefore(delivery.attempt, RETRY))
    }
  }
  return broker.consume(ADVISORY_STREAM.name, advisoryDurable(service), {
    inHandMax: IN_HAND_MAX,
    take: (delivery) => void handle(delivery),
  })
}

const keep = async (
  ...[runtime, works, delivery]: [Runtime, readonly Work[], Delivery]
): Promise<'stored' | 'gone' | 'passed'> => {
  const { broker, log } = runtime
  const advisory = decodeJson(delivery.data) as Advisory
  const { stream, stream_seq: seq, deliveries } = advisory
  const message = await broker.storedAt(stream, seq, Date.now() + READ_MS)
  // Any replica answers, and one that lags says the same of what it does not have yet.
  if (!message && delivery.attempt < LOOKS) throw new Error(`${stream} ${seq} is not to be read`)
  if (!message) {
    log.error(
      advisory,
      'given up by the broker, and gone from its stream: look whether its effect was taken',
    )
    return 'gone'
  }
  const found = ownerOf(works, advisory, message)
  if (!found) return 'passed'
  const reason = `given up by the broker after ${deliveries} deliveries`
  const death = { service: runtime.service, consumer: found.consumer, kind: 'crashed' } as const
  await bury(broker, found.letter, { ...death, reason, traceId: found.traceId })
  found.counts.deadLetters.inc({ consumer: found.consumer, kind: 'crashed' })
  log.error({ ...advisory, reason }, 'stored as a dead letter')
  return 'stored'
}

interface Found {
  readonly consumer: string
  readonly letter: Letter
  readonly traceId: string
  readonly counts: Work['counts']
}

/** Whose event it was; nobody's when it is another event of the topic. */
const ownerOf = (
  ...[works, advisory, message]: [readonly Work[], Advisory, Message]
): Found | undefined => {
  const { stream, consumer: durable, stream_seq: seq, deliveries: attempt } = advisory
  const delivery: Delivery = { ...message, stream, seq, attempt, ...NOT_DELIVERED }
  const isRedriven = stream === REDRIVE_STREAM.name
  const work = works.find(({ runtime, consumer }) =>
    isRedriven
      ? durable === redriveDurable(runtime.service) && message.subject.endsWith(`.${consumer.name}`)
      : durable === durableName(runtime.service, consumer.name) &&
        stream === streamName(serviceOf(consumer.event.name)) &&
        isTakenBy(consumer, message.headers[HEADERS.event] ?? ''),
  )
  if (!work) return undefined
  const letter = isRedriven ? takeRedriven(work, delivery) : takeEvent(work, delivery)
  return { consumer: work.consumer.name, letter, traceId: letter.traceId, counts: work.counts }
}

const isTakenBy = ({ event }: Work['consumer'], name: string): boolean =>
  name === event.name || isOtherMajor(name, event.name)

/** It was read, not delivered: there is nobody to answer. */
const NOT_DELIVERED = {
  behind: 0,
  storedAt: 0,
  ack: () => undefined,
  retry: () => undefined,
  working: () => undefined,
  reject: () => undefined,
}
