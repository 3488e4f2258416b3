import { inboxPrefix } from '@meshboard/contracts'
import {
  type NatsConnection,
  PermissionViolationError,
  type Subscription,
  connect,
} from '@nats-io/transport-node'
import { type Broker, BrokerError, type Message, type Running } from './broker.ts'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'
import { consume } from './consume.ts'
import { durableBacklog, storedFrom, streamPosition } from './jetstream-api.ts'
import { toMessage } from './message.ts'
import { Outgoing } from './outgoing.ts'
import { Replies } from './replies.ts'
import { lastStored, readStored, storedAt } from './stored-events.ts'

/** How long a durable is looked for at the start. */
const LOOK_MS = 5_000

/**
 * Connects to the broker, and stays at it: a connection that is lost is made again, for ever.
 * Throws when the first attempt fails.
 */
export const connectBroker = async (options: BrokerOptions): Promise<Broker> => {
  const connection = await connect(connectionOptions(options))
  return new NatsBroker(connection, options)
}

class NatsBroker implements Broker {
  readonly #connection: NatsConnection
  readonly #options: BrokerOptions
  readonly #outgoing: Outgoing
  readonly #replies: Replies
  readonly #listeners = new Set<(connected: boolean) => void>()
  #connected = true
  #server: Broker['server'] | undefined

  constructor(connection: NatsConnection, options: BrokerOptions) {
    this.#connection = connection
    this.#options = options
    this.#outgoing = new Outgoing(connection, options.onFault)
    this.#replies = new Replies(connection, this.#outgoing, inboxPrefix(options.service))
    void this.#watch()
  }

  get connected(): boolean {
    return this.#connected
  }

  get server(): Broker['server'] {
    return (this.#server ??= serverOf(this.#connection))
  }

  onConnection(listener: (connected: boolean) => void): void {
    this.#listeners.add(listener)
  }

  async request(...[subject, data, options]: Parameters<Broker['request']>): Promise<Message> {
    // The library forgets what is published between two connections.
    if (!this.#connected) throw new BrokerError('disconnected', `${subject}: the broker is away`)
    return toMessage(await this.#replies.ask(subject, data, options))
  }

  publish(subject: string, data: Uint8Array, headers?: Record<string, string>): void {
    this.#outgoing.send({ subject, data, headers })
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
    return storedFrom(answer, `${stream} and ${subject}`)
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

  async consume(...[stream, durable, options]: Parameters<Broker['consume']>): Promise<Running> {
    await this.backlog(stream, durable, Date.now() + LOOK_MS)
    const inbox = inboxPrefix(this.#options.service)
    const consuming = consume(this.#connection, inbox, { stream, durable, ...options })
    this.onConnection((connected) => connected && consuming.reset())
    return consuming
  }

  backlog(stream: string, durable: string, deadline: number): Promise<number> {
    return durableBacklog(this, { stream, durable, deadline })
  }

  readStored(...[stream, subject, options]: Parameters<Broker['readStored']>) {
    return readStored(this.#replies, { stream, subject, ...options })
  }

  lastStored(stream: string, subject: string, deadline: number) {
    return lastStored(this.#replies, { stream, subject, deadline })
  }

  storedAt(stream: string, seq: number, deadline: number) {
    return storedAt(this.#replies, { stream, seq, deadline })
  }

  streamPosition(stream: string, deadline: number) {
    return streamPosition(this, stream, deadline)
  }

  async close(): Promise<void> {
    this.#outgoing.flush()
    await this.#connection.drain().catch(() => this.#connection.close())
    this.#replies.close()
  }

  /** Waits until the broker knows a subscription; one it cannot be told of now is taken back. */
  async #known(subscription: Subscription): Promise<void> {
    try {
      this.#outgoing.flush()
      await this.#connection.flush()
    } catch {
      subscription.unsubscribe()
      throw new BrokerError('disconnected', `${subscription.getSubject()}: the broker is away`)
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
    this.#server = undefined
    if (!connected) this.#replies.interrupt()
    for (const listener of this.#listeners) listener(connected)
  }
}

const serverOf = (connection: NatsConnection): Broker['server'] => {
  const { hostname, port } = new URL(`nats://${connection.getServer()}`)
  return { host: hostname, port: Number(port) }
}
