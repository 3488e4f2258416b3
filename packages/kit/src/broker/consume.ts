import type { ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { Delivery, Running } from './broker.ts'
import { readHeaders } from './headers.ts'

export interface Consumption {
  stream: string
  durable: string
  /** How many deliveries may be unfinished at a time, 1 to 1,000. */
  concurrency: number
  /** Ends each delivery itself; what it throws is a fault of the kit. */
  handle: (delivery: Delivery) => Promise<void>
  onFault: (error: Error) => void
}

/**
 * Pulls a durable's messages and hands them out: deliveries of one subject one after the other,
 * others side by side. Throws when the durable does not exist.
 */
export const consume = async (
  manager: JetStreamManager,
  consumption: Consumption,
): Promise<Running> => {
  const { stream, durable, concurrency } = consumption
  const consumer = await manager.jetstream().consumers.get(stream, durable)
  const messages = await consumer.consume({ max_messages: concurrency })
  const done = pump(messages, consumption)
  return {
    async stop() {
      messages.stop()
      await done
    },
  }
}

const pump = async (
  messages: ConsumerMessages,
  { handle, onFault }: Consumption,
): Promise<void> => {
  const busy = new Map<string, Promise<void>>()
  for await (const message of messages) {
    const before = busy.get(message.subject) ?? Promise.resolve()
    const turn = before
      .then(() => handle(toDelivery(message)))
      .catch((error: unknown) => onFault(toError(error)))
    busy.set(message.subject, turn)
    void turn.then(() => {
      if (busy.get(message.subject) === turn) busy.delete(message.subject)
    })
  }
  await Promise.all(busy.values())
}

const toDelivery = (message: JsMsg): Delivery => ({
  subject: message.subject,
  data: message.data,
  headers: readHeaders(message.headers),
  reply: undefined,
  stream: message.info.stream,
  seq: message.seq,
  attempt: message.info.deliveryCount,
  async ack() {
    await message.ackAck()
  },
  retry: (delayMs) => message.nak(Math.ceil(delayMs)),
  working: () => message.working(),
  reject: (reason) => message.term(reason),
})

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))
