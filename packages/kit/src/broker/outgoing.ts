import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node'
import { BrokerError } from './broker.ts'
import { type WrittenHeaders, writeHeaders } from './headers.ts'

/** One publication. */
export interface Publication {
  readonly subject: string
  readonly data: Uint8Array
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly reply?: string
}

/**
 * How much is kept while there is no connection: answers and requests of about four seconds of a busy
 * service. What is more is refused.
 */
const HELD_BYTES_MAX = 4 << 20

interface Queued {
  readonly subject: string
  readonly data: Uint8Array
  readonly options: { reply?: string; headers?: MsgHdrs }
}

/**
 * What a connection publishes, in order, all of one turn of the event loop with one write: the
 * write is the dearest part of a small message.
 */
export class Outgoing {
  readonly #connection: NatsConnection
  readonly #onFault: (error: Error) => void
  #queue: Queued[] = []
  #isHeld = false
  #heldBytes = 0

  constructor(connection: NatsConnection, onFault: (error: Error) => void) {
    this.#connection = connection
    this.#onFault = onFault
  }

  /**
   * Sends with this turn, or once the connection is back. Throws a `BrokerError` when the connection is
   * closed, when too much waits for it already, or when the message is too large: it would break the
   * connection, and with it every request in flight.
   */
  send({ subject, data, headers, reply }: Publication): void {
    const written = writeHeaders(headers)
    const bytes = data.length + (written?.bytes.length ?? 0)
    this.#refuseLarge(subject, bytes)
    if (this.#connection.isClosed())
      throw new BrokerError('disconnected', `${subject}: the connection is closed`)
    if (this.#isHeld) this.#hold(subject, bytes)
    else if (this.#queue.length === 0) setImmediate(() => this.flush())
    this.#queue.push({ subject, data, options: optionsOf(reply, written) })
  }

  /** The connection is gone, and the library would forget what it is given: it is kept here. */
  hold(): void {
    this.#isHeld = true
  }

  /** The connection is back: sends what was kept. */
  release(): void {
    this.#isHeld = false
    this.#heldBytes = 0
    this.flush()
  }

  /** Sends what waits for the end of this turn. */
  flush(): void {
    if (this.#isHeld) return
    const queue = this.#queue
    this.#queue = []
    for (const { subject, data, options } of queue) {
      try {
        this.#connection.publish(subject, data, options)
      } catch (error) {
        this.#onFault(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  #hold(subject: string, bytes: number): void {
    if (this.#heldBytes + bytes > HELD_BYTES_MAX)
      throw new BrokerError('disconnected', `${subject}: too much waits for the broker`)
    this.#heldBytes += bytes
  }

  #refuseLarge(subject: string, bytes: number): void {
    const limit = this.#connection.info?.max_payload ?? 1 << 20
    if (bytes > limit)
      throw new BrokerError('too_large', `${bytes} bytes to ${subject}; the broker takes ${limit}`)
  }
}

// Of the headers the library calls `encode` and nothing else when it publishes.
const optionsOf = (reply: string | undefined, written: WrittenHeaders | undefined) => {
  const options: Queued['options'] = {}
  if (reply !== undefined) options.reply = reply
  if (written) options.headers = written as unknown as MsgHdrs
  return options
}
