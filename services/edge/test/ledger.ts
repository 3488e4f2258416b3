import { HEADERS, earnings, eventSubject, filterHeader, streamName } from '@meshboard/contracts'
import { type Broker, encodeJson, newId } from '@meshboard/kit'

/** Events of one user's ledger as earnings would store them. */
export class Ledger {
  readonly userId: string
  readonly #broker: Broker
  n = 0

  constructor(broker: Broker, userId: string) {
    this.#broker = broker
    this.userId = userId
  }

  get subject(): string {
    return eventSubject('earnings', 'ledger', this.userId)
  }

  /** Stores the next event; gives its position. */
  async credit({
    source = 'network',
    n = (this.n += 1),
    headers = {},
    filler = '',
  }: {
    source?: string
    n?: number
    headers?: Record<string, string>
    filler?: string
  } = {}): Promise<number> {
    const data = {
      entry_id: newId('entry'),
      user_id: this.userId,
      amount: '0.986000',
      source,
      balance: `${n}.000000`,
      timestamp: new Date().toISOString(),
      ...(filler !== '' && { filler }),
    }
    const stored = await this.#broker.store(
      streamName('earnings'),
      this.subject,
      encodeJson(data),
      {
        id: newId('event'),
        headers: {
          [HEADERS.event]: earnings.events.credited.name,
          [HEADERS.n]: String(n),
          [HEADERS.time]: new Date().toISOString(),
          [filterHeader('source')]: source,
          ...headers,
        },
        deadline: Date.now() + 5_000,
      },
    )
    return stored.seq
  }
}
