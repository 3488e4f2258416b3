import {
  type DirectBatchOptions,
  JetStreamError,
  type JetStreamManager,
  type StoredMsg,
  jetstreamManager,
} from '@nats-io/jetstream'
import {
  type NatsConnection,
  NoRespondersError,
  connect,
  headers as natsHeaders,
} from '@nats-io/transport-node'
import type { Message, Running, Stored } from './broker.ts'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'
import { readHeaders } from './headers.ts'
import { toMessage } from './message.ts'
import type { DurableReport, Operator, StoredMessage, StreamReport } from './operator.ts'

const PAGE = 128
/** A page is in memory as a whole, so it has a size; far above what one message may have. */
const PAGE_BYTES_MAX = 8 * 1024 * 1024
const NOTHING_THERE = 404
const STALL_MS = 300
const DISCOVERY_MS = 2_000
const TIMEOUT_MS = 5_000
/** Ten seconds or so: a tool that a person waits for gives up sooner than a service. */
const RECONNECTS_MAX = 20

/** Connects as an operator. Throws when the broker is away or refuses the user. */
export const connectOperator = async (
  options: Omit<BrokerOptions, 'onFault'>,
): Promise<Operator> => {
  const connection = await connect({
    ...connectionOptions(options),
    maxReconnectAttempts: RECONNECTS_MAX,
    timeout: TIMEOUT_MS,
  })
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: TIMEOUT_MS })
  return new NatsOperator(connection, manager)
}

class NatsOperator implements Operator {
  readonly gone: Promise<unknown>
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager

  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection
    this.#manager = manager
    this.gone = connection.closed()
  }

  async streams(): Promise<StreamReport[]> {
    const reports: StreamReport[] = []
    for await (const { config, state } of this.#manager.streams.list()) {
      reports.push({
        name: config.name,
        messages: state.messages,
        bytes: state.bytes,
        firstSeq: state.first_seq,
        lastSeq: state.last_seq,
        ...(state.messages > 0 && { firstTime: state.first_ts, lastTime: state.last_ts }),
      })
    }
    return reports.toSorted((a, b) => a.name.localeCompare(b.name))
  }

  async durables(stream: string): Promise<DurableReport[]> {
    const reports: DurableReport[] = []
    for await (const info of this.#manager.consumers.list(stream)) {
      const { filter_subject, filter_subjects = [] } = info.config
      reports.push({
        name: info.name,
        subjects: filter_subject === undefined ? filter_subjects : [filter_subject],
        pending: info.num_pending,
        unacked: info.num_ack_pending,
        redelivered: info.num_redelivered,
        endedSeq: info.ack_floor.stream_seq,
      })
    }
    return reports.toSorted((a, b) => a.name.localeCompare(b.name))
  }

  async *read(...[stream, options]: Parameters<Operator['read']>) {
    const { subject, from, atMost = Number.POSITIVE_INFINITY } = options
    let start = 'seq' in from ? { seq: from.seq } : { start_time: from.time }
    for (let left = atMost; left > 0;) {
      const batch = Math.min(PAGE, left)
      let last: number | undefined
      for (const message of await this.#page(stream, { next_by_subj: subject, batch, ...start })) {
        last = message.seq
        left -= 1
        yield message
      }
      if (last === undefined) return
      start = { seq: last + 1 }
    }
  }

  /**
   * A whole page at once, since the library gives up on one that is not taken within five seconds.
   * By callbacks, since its iterator leaves the subscription behind. A page with nothing in it ends
   * with a status that is an error to the library.
   */
  #page(stream: string, asked: DirectBatchOptions): Promise<StoredMessage[]> {
    return new Promise((resolve, reject) => {
      const page: StoredMessage[] = []
      const callback = (done: { err?: Error } | null, message: StoredMsg) => {
        if (!done) page.push(toStored(message))
        else if (done.err && !isNothingThere(done.err)) reject(done.err)
        else resolve(page)
      }
      const options = { ...asked, max_bytes: PAGE_BYTES_MAX, callback }
      this.#manager.direct.getBatch(stream, options).catch(reject)
    })
  }

  async get(stream: string, seq: number): Promise<StoredMessage | undefined> {
    const message = await this.#manager.streams.getMessage(stream, { seq })
    return message === null ? undefined : toStored(message)
  }

  async remove(stream: string, seq: number): Promise<boolean> {
    try {
      return await this.#manager.streams.deleteMessage(stream, seq)
    } catch (error) {
      // The broker says of a message that is not there only that it could not delete it.
      if ((await this.get(stream, seq)) === undefined) return false
      throw error
    }
  }

  async store(...[stream, subject, message]: Parameters<Operator['store']>): Promise<Stored> {
    const headers = natsHeaders()
    for (const [name, value] of Object.entries(message.headers ?? {})) headers.set(name, value)
    const { seq, duplicate } = await this.#manager.jetstream().publish(subject, message.data, {
      msgID: message.id,
      expect: { streamName: stream },
      timeout: TIMEOUT_MS,
      headers,
    })
    return { seq, duplicate }
  }

  async follow(subject: string, listener: (message: Message) => void): Promise<Running> {
    const subscription = this.#connection.subscribe(subject, {
      callback(error, message) {
        if (!error) listener(toMessage(message))
      },
    })
    await this.#connection.flush()
    return { stop: () => subscription.drain() }
  }

  async discover(verb: 'INFO' | 'STATS'): Promise<unknown[]> {
    const found: unknown[] = []
    try {
      const answers = await this.#connection.requestMany(`$SRV.${verb}`, undefined, {
        strategy: 'stall',
        stall: STALL_MS,
        maxWait: DISCOVERY_MS,
      })
      for await (const answer of answers) found.push(...readJson(answer.data))
    } catch (error) {
      if (!(error instanceof NoRespondersError)) throw error
    }
    return found
  }

  async close(): Promise<void> {
    await this.#connection.drain().catch(() => this.#connection.close())
  }
}

const isNothingThere = (error: unknown): boolean =>
  error instanceof JetStreamError && 'code' in error && error.code === NOTHING_THERE

const readJson = (data: Uint8Array): unknown[] => {
  try {
    return [JSON.parse(new TextDecoder().decode(data))]
  } catch {
    return []
  }
}

const toStored = (message: StoredMsg): StoredMessage => ({
  seq: message.seq,
  subject: message.subject,
  data: message.data,
  headers: readHeaders(message.header),
  time: message.time.toISOString(),
})
