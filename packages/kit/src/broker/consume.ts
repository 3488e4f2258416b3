import type { ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { Delivery, Running } from './broker.ts'
import { readHeaders } from './headers.ts'

/** A third of the time after which the broker delivers again. */
const WORKING_MS = 3_000

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
  { concurrency, handle, onFault }: Consumption,
): Promise<void> => {
  const inHand = new Set<Promise<void>>()
  const lastOf = new Map<string, Promise<void>>()
  for await (const message of messages) {
    const delivery = toDelivery(message)
    const alive = setInterval(delivery.working, WORKING_MS)
    const before = lastOf.get(message.subject) ?? Promise.resolve()
    const turn: Promise<void> = before
      .then(() => handle(delivery))
      .catch((error: unknown) => onFault(toError(error)))
      .then(() => {
        clearInterval(alive)
        inHand.delete(turn)
        if (lastOf.get(message.subject) === turn) lastOf.delete(message.subject)
      })
    inHand.add(turn)
    lastOf.set(message.subject, turn)
    if (inHand.size >= concurrency) await Promise.race(inHand)
  }
  await Promise.all(inHand)
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
