import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { type Broker, BrokerError, type Running } from './broker.ts'
import { toMessage } from './message.ts'
import type { Outgoing } from './outgoing.ts'
import { Serving } from './serving.ts'

/** What a connection listens to besides its own answers. */
export class Subscriptions {
  readonly #connection: NatsConnection
  readonly #outgoing: Outgoing
  readonly #onFault: (error: Error) => void
  readonly #served = new Set<Serving>()

  constructor(parts: {
    connection: NatsConnection
    outgoing: Outgoing
    onFault: (error: Error) => void
  }) {
    this.#connection = parts.connection
    this.#outgoing = parts.outgoing
    this.#onFault = parts.onFault
  }

  async serve(...[subject, queue, answer]: Parameters<Broker['serve']>): Promise<Running> {
    const callback = (error: Error | null, message: Msg) =>
      error ? this.#onFault(error) : answer(toMessage(message))
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

  async subscribe(...[subject, listener]: Parameters<Broker['subscribe']>): Promise<Running> {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => (error ? this.#onFault(error) : listener(toMessage(message))),
    })
    await this.#known(subscription)
    return {
      stop: () => {
        subscription.unsubscribe()
        return Promise.resolve()
      },
    }
  }

  /** Takes no more requests; resolved once all that the broker had sent are handed over. */
  async leave(): Promise<void> {
    await Promise.all([...this.#served].map((serving) => serving.leave()))
  }

  /** Takes requests again after a `leave`. */
  resume(): void {
    for (const serving of this.#served) serving.resume()
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
}
