import {
  HEADERS,
  REDRIVE_STREAM,
  durableName,
  redriveDurable,
  serviceOf,
  streamName,
} from '@meshboard/contracts'
import { startAdvisories } from './advisories.ts'
import type { Delivery, Running } from './broker/broker.ts'
import { ConsumerLag } from './consumer-lag.ts'
import {
  type ConsumerMetrics,
  type ConsumerState,
  createConsumerMetrics,
} from './consumer-metrics.ts'
import type { Consumer, Runtime } from './define-service.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { isOtherMajor } from './event-name.ts'
import { handleEvent } from './handle-event.ts'
import { type Taken, type Work, takeEvent, takeRedriven } from './taken-event.ts'
import { compileValidation } from './validate.ts'

/** What is in hand for each that is handled, so that no place waits for the broker. */
const IN_HAND_PER_PLACE = 4
const BACKLOG_MS = 5_000
const FLUSH_MS = 250

/**
 * What runs a service's consumers, each part yet to be started: the consumers; what they are to take
 * again; and what the broker gave up of theirs. Each event is handled at least once, those of a key
 * in order unless one is given back, and ends in its effect or as a dead letter.
 */
export const consumerParts = (
  runtime: Runtime,
  consumers: readonly Consumer<unknown>[],
  deps: unknown,
): { part: string; start: () => Promise<Running> }[] => {
  if (consumers.length === 0) return []
  const states = new Map<string, ConsumerState>()
  const names = consumers.map(({ name }) => name)
  const counts = createConsumerMetrics(runtime.metrics.registry, { names, states })
  const works = consumers.map((consumer): Work => ({
    runtime,
    consumer,
    deps,
    validate: compileValidation(consumer.event.data),
    counts,
    lingering: new Set(),
    failedAt: new Map(),
  }))
  const sources = [...works.map(ofStream), ofRedrive(runtime, works)]
  return [
    ...sources.map((source) => ({
      part: source.name,
      start: () => startTaking({ runtime, counts, states }, source),
    })),
    { part: 'advisories', start: () => startAdvisories(runtime, works) },
  ]
}

/** Where deliveries come from, and which of them are to be handled. */
interface Source {
  readonly name: string
  readonly stream: string
  readonly durable: string
  /** Nothing when the delivery has been ended here. */
  readonly take: (delivery: Delivery) => Taken | undefined
}

const ofStream = (work: Work): Source => {
  const { consumer, runtime } = work
  const { name } = consumer.event
  return {
    name: consumer.name,
    stream: streamName(serviceOf(name)),
    durable: durableName(runtime.service, consumer.name),
    take(delivery) {
      const found = delivery.headers[HEADERS.event] ?? ''
      if (found === name || isOtherMajor(found, name)) return takeEvent(work, delivery)
      delivery.ack()
      return undefined
    },
  }
}

const ofRedrive = ({ service, log }: Runtime, works: readonly Work[]): Source => ({
  name: 'redrive',
  stream: REDRIVE_STREAM.name,
  durable: redriveDurable(service),
  take(delivery) {
    const name = delivery.subject.split('.').at(-1)
    const work = works.find(({ consumer }) => consumer.name === name)
    if (work) return takeRedriven(work, delivery)
    log.error({ subject: delivery.subject, seq: delivery.seq }, 'redriven to no consumer of ours')
    delivery.reject('no such consumer')
    return undefined
  },
})

interface Taking {
  readonly runtime: Runtime
  readonly counts: ConsumerMetrics
  readonly states: Map<string, ConsumerState>
}

const startTaking = async (
  { runtime, counts, states }: Taking,
  { name, stream, durable, take }: Source,
): Promise<Running> => {
  const { broker, config, log } = runtime
  const consumer = name
  const queue = new DeliveryQueue<Taken>({
    placesMax: config.deliveriesInFlightMax,
    handle: handleEvent,
    // Any answer will do: the broker reads in order.
    flush: () => broker.backlog(stream, durable, Date.now() + FLUSH_MS).catch(() => undefined),
    onFault: (error) => log.error({ err: error, consumer }, 'fault while handling a delivery'),
  })
  const lag = new ConsumerLag()
  states.set(name, { lag, held: () => queue.held })
  let quiet = true
  const consuming = await broker.consume(stream, durable, {
    inHandMax: config.deliveriesInFlightMax * IN_HAND_PER_PLACE,
    take(delivery) {
      quiet = false
      lag.delivered(delivery)
      if (delivery.attempt > 1) counts.redeliveries.inc({ consumer })
      const taken = take(delivery)
      if (taken) queue.add(taken)
    },
  })
  const look = async () => {
    try {
      if (quiet && broker.connected)
        lag.looked(await broker.backlog(stream, durable, Date.now() + 1_000))
    } catch (error) {
      log.debug({ err: error, consumer }, 'backlog unknown')
    }
    quiet = true
  }
  await look()
  const looking = setInterval(() => void look(), BACKLOG_MS)
  return {
    async stop() {
      clearInterval(looking)
      queue.stop()
      await consuming.stop()
    },
  }
}
