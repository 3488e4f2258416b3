import { type EventDeclaration, HEADERS, eventSubject, streamName } from '@meshboard/contracts'
import { type Broker, encodeJson, newId } from '@meshboard/kit'

/** Events of any declaration, as its service would store them, numbered from 1. */
export class Publisher {
  readonly #broker: Broker
  readonly #event: EventDeclaration
  readonly #userId: string
  n = 0

  constructor(broker: Broker, event: EventDeclaration, userId: string) {
    this.#broker = broker
    this.#event = event
    this.#userId = userId
  }

  /** Stores the next event; `stateKey` is what it is the newest of. */
  async next(data: object, stateKey?: string): Promise<void> {
    const { name, topic } = this.#event
    const [service = ''] = name.split('.')
    const n = (this.n += 1)
    const subject = eventSubject(service, topic, this.#userId)
    await this.#broker.store(streamName(service), subject, encodeJson({ ...data, n }), {
      id: newId('event'),
      headers: {
        [HEADERS.event]: name,
        [HEADERS.n]: String(n),
        [HEADERS.time]: new Date().toISOString(),
        ...(stateKey !== undefined && { [HEADERS.stateKey]: stateKey }),
      },
      deadline: Date.now() + 10_000,
    })
  }
}
