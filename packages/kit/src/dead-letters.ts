import { DEAD_STREAM, HEADERS, deadSubject } from '@meshboard/contracts'
import type { Broker, Delivery } from './broker/broker.ts'

const STORE_MS = 5_000

/** Where a delivery failed, and why. */
export interface Death {
  service: string
  consumer: string
  reason: string
}

/**
 * Stores a delivery among the dead letters, with its own headers, its id and its body, and only then
 * takes it from its consumer. Tried again within ten minutes it is stored once. Throws when it could not be stored:
 * the delivery then is still the consumer's.
 */
export const bury = async (broker: Broker, delivery: Delivery, death: Death): Promise<void> => {
  const { service, consumer, reason } = death
  await broker.store(DEAD_STREAM.name, deadSubject(service, consumer), delivery.data, {
    id: `dead:${delivery.stream}:${delivery.seq}:${service}_${consumer}`,
    headers: {
      ...withoutBrokerHeaders(delivery),
      'mesh-dead-reason': reason.replaceAll(/[\r\n]+/g, ' ').slice(0, 512),
      'mesh-dead-id': delivery.headers[HEADERS.messageId.toLowerCase()] ?? '',
      'mesh-dead-stream': delivery.stream,
      'mesh-dead-seq': String(delivery.seq),
      'mesh-dead-subject': delivery.subject,
      'mesh-dead-attempt': String(delivery.attempt),
    },
    deadline: Date.now() + STORE_MS,
  })
  delivery.reject(reason.slice(0, 128))
}

const withoutBrokerHeaders = ({ headers }: Delivery): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('nats-')))
