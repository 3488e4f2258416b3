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
    return new StreamReader(connection, await jetstreamManager(connection, { checkAPI: false }))
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
        data: message.json(),
      })
    }
    return events
  }

  /** Whether a durable of one of these services has something before it or in hand. */
  async isBusy(services: readonly string[]): Promise<boolean> {
    for await (const stream of this.#manager.streams.list()) {
      for await (const durable of this.#manager.consumers.list(stream.config.name)) {
        if (!services.some((service) => durable.name.startsWith(`${service}_`))) continue
        if (durable.num_pending > 0 || durable.num_ack_pending > 0) return true
      }
    }
    return false
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
