import { inboxPrefix, isInbox } from '@meshboard/contracts'
import { type NatsConnection, PermissionViolationError, connect } from '@nats-io/transport-node'
import { type Broker, BrokerError, type Message, type Running } from './broker.ts'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'
import { consume } from './consume.ts'
import { durableBacklog, storedFrom, streamPosition, streamSize } from './jetstream-api.ts'
import { Link } from './link.ts'
import { toMessage } from './message.ts'
import { moveAway } from './move.ts'
import { Outgoing } from './outgoing.ts'
import { Replies } from './replies.ts'
import { newestStored, readStored, storedAt } from './stored-events.ts'
import { Subscriptions } from './subscriptions.ts'

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
  readonly #subscriptions: Subscriptions
  #server: Broker['server'] | undefined

  constructor(connection: NatsConnection, options: BrokerOptions) {
    this.#connection = connection
    this.#options = options
    const { onFault } = options
    this.#outgoing = new Outgoing(connection, onFault)
    this.#subscriptions = new Subscriptions({ connection, outgoing: this.#outgoing, onFault })
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
    if (!this.#link.connected)
      throw new BrokerError('disconnected', `${subject}: the broker is away`)
    return toMessage(await this.#replies.ask(subject, data, options))
  }

  publish(subject: string, data: Uint8Array, headers?: Record<string, string>): void {
    const isHeld = !this.#link.connected
    if (isInbox(subject) && (isHeld || this.#link.settling))
      this.#replies.insist({ subject, data, headers }, { isHeld })
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

  serve(...asked: Parameters<Broker['serve']>): Promise<Running> {
    return this.#subscriptions.serve(...asked)
  }

  subscribe(...asked: Parameters<Broker['subscribe']>): Promise<Running> {
    return this.#subscriptions.subscribe(...asked)
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

  newestStored(...[stream, subjects, options]: Parameters<Broker['newestStored']>) {
    return newestStored(this.#replies, { stream, subjects, ...options })
  }

  storedAt(stream: string, seq: number, deadline: number) {
    return storedAt(this.#replies, { stream, seq, deadline })
  }

  streamPosition(stream: string, deadline: number) {
    return streamPosition(this, stream, deadline)
  }

  streamSize(stream: string, deadline: number) {
    return streamSize(this, stream, deadline)
  }

  async close(): Promise<void> {
    this.#link.close()
    this.#outgoing.flush()
    await this.#connection.drain().catch(() => this.#connection.close())
    this.#replies.close()
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
    moveAway(this.#connection, {
      link: this.#link,
      outgoing: this.#outgoing,
      replies: this.#replies,
      subscriptions: this.#subscriptions,
    }).catch(this.#options.onFault)
  }

  #turn(connected: boolean): void {
    this.#server = undefined
    if (connected) {
      this.#subscriptions.resume()
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
