import { inboxPrefix } from '@meshboard/contracts'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import {
  type Msg,
  type NatsConnection,
  PermissionViolationError,
  type Subscription,
  connect,
} from '@nats-io/transport-node'
import { type Broker, BrokerError, type Message, type Running } from './broker.ts'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'
import { consume } from './consume.ts'
import { epochOf } from './epoch.ts'
import { writeHeaders } from './headers.ts'
import { toMessage } from './message.ts'
import { Replies } from './replies.ts'
import { lastStored, readStored } from './stored-events.ts'

/**
 * Connects to the broker, and stays at it: a connection that is lost is made again, for ever.
 * Throws when the first attempt fails.
 */
export const connectBroker = async (options: BrokerOptions): Promise<Broker> => {
  const connection = await connect(connectionOptions(options))
  const manager = await jetstreamManager(connection, { checkAPI: false })
  return new NatsBroker({ connection, manager, options })
}

class NatsBroker implements Broker {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #options: BrokerOptions
  readonly #replies: Replies
  readonly #listeners = new Set<(connected: boolean) => void>()
  #connected = true

  constructor(parts: {
    connection: NatsConnection
    manager: JetStreamManager
    options: BrokerOptions
  }) {
    this.#connection = parts.connection
    this.#manager = parts.manager
    this.#options = parts.options
    this.#replies = new Replies(parts.connection, inboxPrefix(parts.options.service))
    void this.#watch()
  }

  get connected(): boolean {
    return this.#connected
  }

  onConnection(listener: (connected: boolean) => void): void {
    this.#listeners.add(listener)
  }

  async request(...[subject, data, options]: Parameters<Broker['request']>): Promise<Message> {
    this.#refuseLarge(subject, data)
    // The library forgets what is published between two connections.
    if (!this.#connected) throw new BrokerError('disconnected', `${subject}: the broker is away`)
    let answer: Msg | undefined
    await this.#replies.ask(subject, data, options, (frame) => {
      answer = frame
      return true
    })
    if (!answer) throw new BrokerError('disconnected', `${subject}: no answer`)
    return toMessage(answer)
  }

  publish(subject: string, data: Uint8Array, headers?: Record<string, string>): void {
    this.#refuseLarge(subject, data)
    const written = writeHeaders(headers)
    this.#connection.publish(subject, data, written && { headers: written })
  }

  async store(...[stream, subject, data, options]: Parameters<Broker['store']>) {
    const headers = {
      ...options.headers,
      'Nats-Msg-Id': options.id,
      'Nats-Expected-Stream': stream,
    }
    const answer = await this.request(subject, data, {
      headers,
      deadline: options.deadline,
      interruptible: true,
    })
    const ack: { seq?: number; duplicate?: boolean; error?: { description: string } } = JSON.parse(
      new TextDecoder().decode(answer.data),
    )
    if (ack.error || ack.seq === undefined) {
      throw new Error(
        `${stream} did not store ${subject}: ${ack.error?.description ?? 'no position'}`,
      )
    }
    return { seq: ack.seq, duplicate: ack.duplicate ?? false }
  }

  async serve(...[subject, queue, answer]: Parameters<Broker['serve']>): Promise<Running> {
    const subscription = this.#connection.subscribe(subject, {
      queue,
      callback: (error, message) =>
        error ? this.#options.onFault(error) : answer(toMessage(message)),
    })
    await this.#known(subscription)
    return { stop: () => subscription.drain() }
  }

  async subscribe(subject: string, listener: (message: Message) => void): Promise<Running> {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) =>
        error ? this.#options.onFault(error) : listener(toMessage(message)),
    })
    await this.#known(subscription)
    return {
      stop: () => {
        subscription.unsubscribe()
        return Promise.resolve()
      },
    }
  }

  consume(...[stream, durable, options]: Parameters<Broker['consume']>): Promise<Running> {
    return consume(this.#manager, { stream, durable, onFault: this.#options.onFault, ...options })
  }

  readStored(...[stream, subject, options]: Parameters<Broker['readStored']>) {
    return readStored(this.#replies, { stream, subject, ...options })
  }

  lastStored(stream: string, subject: string, deadline: number) {
    return lastStored(this.#replies, { stream, subject, deadline })
  }

  async streamPosition(stream: string, deadline: number) {
    const answer = await this.request(`$JS.API.STREAM.INFO.${stream}`, new Uint8Array(), {
      deadline,
    })
    const info: {
      created?: string
      state?: { first_seq: number; last_seq: number }
      error?: { description: string }
    } = JSON.parse(new TextDecoder().decode(answer.data))
    if (!info.created || !info.state)
      throw new Error(`${stream}: ${info.error?.description ?? 'no state'}`)
    return {
      epoch: epochOf(stream, info.created),
      firstSeq: info.state.first_seq,
      lastSeq: info.state.last_seq,
    }
  }

  async close(): Promise<void> {
    await this.#connection.drain().catch(() => this.#connection.close())
    this.#replies.close()
  }

  /** Waits until the broker knows a subscription; one it cannot be told of now is taken back. */
  async #known(subscription: Subscription): Promise<void> {
    try {
      await this.#connection.flush()
    } catch {
      subscription.unsubscribe()
      throw new BrokerError('disconnected', `${subscription.getSubject()}: the broker is away`)
    }
  }

  /** An over-long message would break the connection, and with it every request in flight. */
  #refuseLarge(subject: string, data: Uint8Array): void {
    const limit = this.#connection.info?.max_payload ?? 1 << 20
    if (data.length > limit) {
      throw new BrokerError(
        'too_large',
        `${data.length} bytes to ${subject}; the broker takes ${limit}`,
      )
    }
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#turn(false)
      if (status.type === 'reconnect') this.#turn(true)
      if (status.type !== 'error') continue
      if (
        status.error instanceof PermissionViolationError &&
        status.error.operation === 'publish'
      ) {
        this.#replies.refuse(status.error.subject)
      }
      this.#options.onFault(status.error)
    }
  }

  #turn(connected: boolean): void {
    this.#connected = connected
    if (!connected) this.#replies.interrupt()
    for (const listener of this.#listeners) listener(connected)
  }
}
