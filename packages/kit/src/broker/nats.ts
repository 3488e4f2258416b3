import { inboxPrefix, isInbox } from '@meshboard/contracts'
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
import { durableBacklog, storedFrom, streamPosition } from './jetstream-api.ts'
import { Link } from './link.ts'
import { toMessage } from './message.ts'
import { moveAway } from './move.ts'
import { Outgoing } from './outgoing.ts'
import { Replies } from './replies.ts'
import { Serving } from './serving.ts'
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
  readonly #link = new Link()
  readonly #served = new Set<Serving>()
  #server: Broker['server'] | undefined

  constructor(connection: NatsConnection, options: BrokerOptions) {
    this.#connection = connection
    this.#options = options
    this.#outgoing = new Outgoing(connection, options.onFault)
    this.#replies = new Replies(connection, this.#outgoing, inboxPrefix(options.service))
    void this.#watch()
  }

  get connected(): boolean {
    return this.#link.connected
  }

  get open(): boolean {
    return this.#link.open
  }

  get settling(): boolean {
    return this.#link.settling
  }

  opened(until: Parameters<Broker['opened']>[0]): Promise<void> {
    return this.#link.opened(until)
  }

  get server(): Broker['server'] {
    return (this.#server ??= serverOf(this.#connection))
  }

  onConnection(listener: (connected: boolean) => void): void {
    this.#link.onChange(listener)
  }

  async request(...[subject, data, options]: Parameters<Broker['request']>): Promise<Message> {
    if (!this.#link.connected) throw new BrokerError('disconnected', `${subject}: the broker is away`)
    return toMessage(await this.#replies.ask(subject, data, options))
  }

  publish(subject: string, data: Uint8Array, headers?: Record<string, string>): void {
    if (isInbox(subject) && (!this.#link.connected || this.#link.settling))
      this.#replies.insist({ subject, data, headers })
    else this.#outgoing.send({ subject, data, headers })
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
    const callback = (error: Error | null, message: Msg) =>
      error ? this.#options.onFault(error) : answer(toMessage(message))
    const serving = new Serving(() => this.#connection.subscribe(subject, { queue, callback }))
    await this.#known(serving.subscription)
    this.#served.add(serving)
    return {
      stop: () => {
        this.#served.delete(serving)
        return serving.stop()
      },
    }
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
    this.#link.close()
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
      if (status.type === 'ldm') this.#leave()
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

  /** The server is going to end: another one is taken before that, if there is one. */
  #leave(): void {
    if (this.#options.servers.length < 2 || !this.#link.open) return
    const parts = { link: this.#link, outgoing: this.#outgoing, replies: this.#replies }
    moveAway(this.#connection, { ...parts, served: this.#served }).catch(this.#options.onFault)
  }

  #turn(connected: boolean): void {
    this.#server = undefined
    if (connected) {
      for (const serving of this.#served) serving.resume()
      this.#outgoing.release()
    } else {
      this.#outgoing.hold()
      this.#replies.interrupt()
    }
    this.#link.turn(connected)
  }
}

const serverOf = (connection: NatsConnection): Broker['server'] => {
  const { hostname, port } = new URL(`nats://${connection.getServer()}`)
  return { host: hostname, port: Number(port) }
}
