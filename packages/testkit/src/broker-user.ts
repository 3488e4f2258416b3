import {
  type Msg,
  type NatsConnection,
  PermissionViolationError,
  connect,
  headers as natsHeaders,
} from '@nats-io/transport-node'
import type { NatsServer } from './nats-server.ts'

/** A message that somebody sends as the kit never would. */
export interface Forged {
  subject: string
  /** Where the answer is to go; no place is refused by the sender. */
  reply?: string
  data?: string
  headers?: Record<string, string>
}

/** The bare connection of a broker user, for trying what it may do and what follows. */
export class BrokerUser {
  readonly #connection: NatsConnection
  readonly #refused = new Set<string>()

  private constructor(connection: NatsConnection) {
    this.#connection = connection
    void this.#watch()
  }

  static async open(nats: NatsServer, user: string): Promise<BrokerUser> {
    const options = { user, pass: nats.passwordOf(user), inboxPrefix: `_INBOX.${user}` }
    return new BrokerUser(await connect({ servers: nats.url, reconnect: false, ...options }))
  }

  /** Those of the subjects on which the broker takes a message from this user. */
  async publishable(subjects: readonly string[]): Promise<string[]> {
    this.#refused.clear()
    for (const subject of subjects) this.#connection.publish(subject)
    await this.settled()
    return subjects.filter((subject) => !this.#refused.has(subject))
  }

  /** Those of the subjects that this user may listen to, as one of `queue` if given. */
  async subscribable(subjects: readonly string[], queue?: string): Promise<string[]> {
    const refused = new Set<string>()
    const all = subjects.map((subject) =>
      this.#connection.subscribe(subject, {
        ...(queue !== undefined && { queue }),
        callback: (error) => {
          if (error) refused.add(subject)
        },
      }),
    )
    await this.settled()
    for (const one of all) if (!one.isClosed()) one.unsubscribe()
    await this.#connection.flush()
    return subjects.filter((subject) => !refused.has(subject))
  }

  send({ subject, data = '', reply, headers = {} }: Forged): void {
    const written = natsHeaders()
    for (const [name, value] of Object.entries(headers)) written.append(name, value)
    this.#connection.publish(subject, data, { headers: written, ...(reply && { reply }) })
  }

  /** The messages on a subject from now on; the list grows. */
  async listen(subject: string): Promise<Msg[]> {
    const heard: Msg[] = []
    this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) heard.push(message)
      },
    })
    await this.#connection.flush()
    return heard
  }

  /** Until the broker has judged all that was sent. */
  async settled(): Promise<void> {
    await this.#connection.flush()
    await new Promise((resume) => setImmediate(resume))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type !== 'error') continue
      if (status.error instanceof PermissionViolationError) this.#refused.add(status.error.subject)
    }
  }
}
