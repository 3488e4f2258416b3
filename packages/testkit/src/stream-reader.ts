import { HEADERS } from '@meshboard/contracts'
import { PROVISIONER } from '@meshboard/kit'
import {
  type JetStreamManager,
  type StoredMsg,
  type StreamConfig,
  jetstreamManager,
} from '@nats-io/jetstream'
import { type NatsConnection, connect } from '@nats-io/transport-node'
import type { TestBroker } from './nats-server.ts'

/** A stored event, as a test looks at it. */
export interface StoredEvent {
  readonly name: string
  readonly subject: string
  readonly seq: number
  readonly n: number
  readonly headers: Readonly<Record<string, string>>
  /** What its JSON says; of what is none, the text. */
  readonly data: unknown
}

/** A durable, as a test looks at it. */
export interface DurableState {
  readonly pending: number
  readonly inHand: number
  readonly redelivered: number
  readonly deliveriesMax: number
}

const AT_A_TIME = 50

/** Looks into streams and durables, as who made them. */
export class StreamReader {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection
    this.#manager = manager
  }

  /** As the provisioner of a test's own broker. */
  static open(nats: TestBroker): Promise<StreamReader> {
    return StreamReader.connect({ url: nats.url, password: nats.passwordOf(PROVISIONER) })
  }

  /** As the provisioner of any broker; `url` may be several with commas between. */
  static async connect({
    url,
    password,
  }: {
    url: string
    password: string
  }): Promise<StreamReader> {
    const connection = await connect({
      servers: url.split(','),
      user: PROVISIONER,
      pass: password,
      inboxPrefix: `_INBOX.${PROVISIONER}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    })
    return new StreamReader(
      connection,
      await jetstreamManager(connection, { checkAPI: false, timeout: 5_000 }),
    )
  }

  /** Everything a stream holds, in order. */
  async read(stream: string): Promise<StoredEvent[]> {
    const { state } = await this.#manager.streams.info(stream)
    const events: StoredEvent[] = []
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += AT_A_TIME) {
      const count = Math.min(AT_A_TIME, state.last_seq - seq + 1)
      const asked = Array.from({ length: count }, (_, place) =>
        this.#manager.streams.getMessage(stream, { seq: seq + place }),
      )
      for (const message of await Promise.all(asked)) if (message) events.push(toEvent(message))
    }
    return events
  }

  /** How many events are stored, and whether a durable of these services has one before it or in hand. */
  async activity(services: readonly string[]): Promise<{ stored: number; busy: boolean }> {
    let stored = 0
    let busy = false
    for await (const stream of this.#manager.streams.list()) {
      stored += stream.state.last_seq
      if (stream.state.consumer_count === 0) continue
      for await (const durable of this.#manager.consumers.list(stream.config.name)) {
        if (!services.some((service) => durable.name.startsWith(`${service}_`))) continue
        busy ||= durable.num_pending > 0 || durable.num_ack_pending > 0
      }
    }
    return { stored, busy }
  }

  /** What is before a durable, what it has in hand, and how much of that has come again. */
  async durable(stream: string, name: string): Promise<DurableState> {
    const { config, ...info } = await this.#manager.consumers.info(stream, name)
    const { num_pending: pending, num_ack_pending: inHand, num_redelivered: redelivered } = info
    return { pending, inHand, redelivered, deliveriesMax: config.max_deliver ?? -1 }
  }

  /** Changes how a durable delivers, so that a test need not wait for what is made for real life. */
  async changeDurable(
    ...[stream, name, change]: [string, string, { ackWaitMs?: number; deliveriesMax?: number }]
  ): Promise<void> {
    const { ackWaitMs, deliveriesMax } = change
    await this.#manager.consumers.update(stream, name, {
      ...(ackWaitMs !== undefined && { ack_wait: ackWaitMs * 1_000_000 }),
      ...(deliveriesMax !== undefined && { max_deliver: deliveriesMax }),
    })
  }

  /** Has the durables of these services deliver again after `ms` without an ack. */
  async redeliverAfter(ms: number, services: readonly string[]): Promise<void> {
    for await (const stream of this.#manager.streams.list()) {
      for await (const { config, name } of this.#manager.consumers.list(stream.config.name)) {
        if (!services.some((service) => name.startsWith(`${service}_`))) continue
        await this.#manager.consumers.update(stream.config.name, name, {
          ...config,
          ack_wait: ms * 1_000_000,
        })
      }
    }
  }

  /** Every stream as it was made, with its durables as they were made, and how much it holds. */
  async inventory(): Promise<Record<string, { made: string; messages: number }>> {
    const found: Record<string, { made: string; messages: number }> = {}
    for await (const { config, created, state } of this.#manager.streams.list()) {
      const durables: unknown[] = []
      for await (const one of this.#manager.consumers.list(config.name))
        durables.push([one.config, one.created, one.paused ?? false])
      const made = JSON.stringify([config, created, durables])
      found[config.name] = { made, messages: state.messages }
    }
    return found
  }

  /** Changes how much a stream may keep, and what it does beyond that. */
  async changeStream(
    stream: string,
    { bytesMax, discard }: { bytesMax: number; discard?: 'old' | 'new' },
  ): Promise<void> {
    const change = { max_bytes: bytesMax, ...(discard !== undefined && { discard }) }
    await this.#manager.streams.update(stream, change as Partial<StreamConfig>)
  }

  /** How a stream is kept. */
  async config(stream: string): Promise<StreamConfig> {
    return (await this.#manager.streams.info(stream)).config
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}

const toEvent = (message: StoredMsg): StoredEvent => ({
  name: message.header.get(HEADERS.event),
  subject: message.subject,
  seq: message.seq,
  n: Number(message.header.get(HEADERS.n)),
  headers: Object.fromEntries(
    [...message.header.keys()].map((name) => [name, message.header.get(name)]),
  ),
  data: dataOf(message),
})

const dataOf = (message: StoredMsg): unknown => {
  try {
    return message.json()
  } catch {
    return message.string()
  }
}
