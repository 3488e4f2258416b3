import { HEADERS } from '@meshboard/contracts'
import { PROVISIONER } from '@meshboard/kit'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { type NatsConnection, connect } from '@nats-io/transport-node'
import type { NatsServer } from './nats-server.ts'

/** A stored event, as a test looks at it. */
export interface StoredEvent {
  readonly name: string
  readonly subject: string
  readonly seq: number
  readonly n: number
  readonly headers: Readonly<Record<string, string>>
  readonly data: unknown
}

/** Looks into streams and durables, as who made them. */
export class StreamReader {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection
    this.#manager = manager
  }

  /** As the provisioner of a test's own broker. */
  static open(nats: NatsServer): Promise<StreamReader> {
    return StreamReader.connect({ url: nats.url, password: nats.passwordOf(PROVISIONER) })
  }

  /** As the provisioner of any broker. */
  static async connect({
    url,
    password,
  }: {
    url: string
    password: string
  }): Promise<StreamReader> {
    const connection = await connect({
      servers: url,
      user: PROVISIONER,
      pass: password,
      inboxPrefix: `_INBOX.${PROVISIONER}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    })
    return new StreamReader(
      connection,
      await jetstreamManager(connection, { checkAPI: false, timeout: 1_000 }),
    )
  }

  /** Everything a stream holds, in order. */
  async read(stream: string): Promise<StoredEvent[]> {
    const { state } = await this.#manager.streams.info(stream)
    const events: StoredEvent[] = []
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
      const message = await this.#manager.streams.getMessage(stream, { seq })
      if (!message) continue
      events.push({
        name: message.header.get(HEADERS.event),
        subject: message.subject,
        seq: message.seq,
        n: Number(message.header.get(HEADERS.n)),
        headers: Object.fromEntries(
          [...message.header.keys()].map((name) => [name, message.header.get(name)]),
        ),
        data: message.json(),
      })
    }
    return events
  }

  /** How many events are stored, and whether a durable of these services has one before it or in hand. */
  async activity(services: readonly string[]): Promise<{ stored: number; busy: boolean }> {
    let stored = 0
    let busy = false
    for await (const stream of this.#manager.streams.list()) {
      stored += stream.state.last_seq
      for await (const durable of this.#manager.consumers.list(stream.config.name)) {
        if (!services.some((service) => durable.name.startsWith(`${service}_`))) continue
        busy ||= durable.num_pending > 0 || durable.num_ack_pending > 0
      }
    }
    return { stored, busy }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
