import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { Delivery, Running } from './broker.ts'
import { toDelivery } from './delivery.ts'
import { Pull } from './pull.ts'
import { SlowStart } from './slow-start.ts'

/** A third of the time after which the broker delivers again. */
const WORKING_MS = 3_000

export interface Consumption {
  readonly stream: string
  readonly durable: string
  /** How many deliveries may be unfinished at a time, 1 to 1,000; fewer in the first moments. */
  readonly inHandMax: number
  /** Ends each delivery itself, now or later. */
  readonly take: (delivery: Delivery) => void
}

/** A durable that is being pulled. */
export interface Consuming extends Running {
  /** The connection was made anew. */
  reset(): void
}

/**
 * Pulls a durable's messages and hands each over as it arrives. The broker is told of every
 * unfinished one that it is being worked on, until it has been ended.
 */
export const consume = (
  connection: NatsConnection,
  inboxPrefix: string,
  { stream, durable, inHandMax, take }: Consumption,
): Consuming => {
  const inHand = new Set<Delivery>()
  const empty = new Emptiness(() => inHand.size === 0)
  const start = new SlowStart(inHandMax, () => pull.poke())
  const pull = new Pull(connection, inboxPrefix, {
    stream,
    durable,
    max: () => start.size,
    free: () => start.size - inHand.size,
    take(message: Msg) {
      const delivery = toDelivery(message, () => {
        inHand.delete(delivery)
        start.ended()
        empty.look()
        pull.poke()
      })
      inHand.add(delivery)
      take(delivery)
    },
  })
  const alive = setInterval(() => inHand.forEach((delivery) => delivery.working()), WORKING_MS)
  return {
    reset: () => pull.reset(),
    async stop() {
      start.stop()
      await pull.stop()
      await empty.reached()
      clearInterval(alive)
    },
  }
}

/** Waits until nothing is there any more. */
class Emptiness {
  readonly #isEmpty: () => boolean
  readonly #waiting = Promise.withResolvers<void>()
  #asked = false

  constructor(isEmpty: () => boolean) {
    this.#isEmpty = isEmpty
  }

  look(): void {
    if (this.#asked && this.#isEmpty()) this.#waiting.resolve()
  }

  reached(): Promise<void> {
    this.#asked = true
    this.look()
    return this.#waiting.promise
  }
}
