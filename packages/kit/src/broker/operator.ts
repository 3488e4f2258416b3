import type { HeaderValues, Message, Running, Stored } from './broker.ts'

/**
 * What the tools of an operator need of the broker: looking into streams, asking who runs, and the
 * few acts that mend. `nats-operator.ts` is the only implementation.
 */

/** A message as a stream holds it. */
export interface StoredMessage {
  readonly seq: number
  readonly subject: string
  readonly data: Uint8Array
  readonly headers: HeaderValues
  /** When it was stored, RFC 3339. */
  readonly time: string
}

/** What a stream holds. Times are RFC 3339, absent while it is empty. */
export interface StreamReport {
  readonly name: string
  readonly messages: number
  readonly bytes: number
  readonly firstSeq: number
  readonly lastSeq: number
  readonly firstTime?: string
  readonly lastTime?: string
}

/** Where a durable stands in its stream. */
export interface DurableReport {
  readonly name: string
  /** Subjects it is given; the first counts where one is needed. */
  readonly subjects: readonly string[]
  /** Messages it was not given yet. */
  readonly pending: number
  /** Messages it was given and has not ended. */
  readonly unacked: number
  /** Of those, the ones that were given more than once. */
  readonly redelivered: number
  /** Every message up to this position is ended. */
  readonly endedSeq: number
}

/** Where a read begins: at a position, or at the first message stored at that time or later. */
export type ReadFrom = { readonly seq: number } | { readonly time: Date }

/** The broker as an operator sees it. Everything fails with an `Error` that says why. */
export interface Operator {
  /** Resolved once the connection is closed: by `close`, or after it was lost for some ten seconds. */
  readonly gone: Promise<unknown>
  /** Every stream, by name. */
  streams(): Promise<StreamReport[]>
  /** Every durable of a stream, by name. */
  durables(stream: string): Promise<DurableReport[]>
  /**
   * What a stream holds of a subject, which may have wildcards, in order, up to the end it has while
   * it is read, or until there were `atMost`. Any replica may answer, so the newest may be missing.
   */
  read(
    stream: string,
    options: { subject: string; from: ReadFrom; atMost?: number },
  ): AsyncGenerator<StoredMessage, void, undefined>
  /** One message, asked of the stream's leader; undefined when it is not there (any more). */
  get(stream: string, seq: number): Promise<StoredMessage | undefined>
  /** Takes one message out of a stream for good. `false`: it was not there. */
  remove(stream: string, seq: number): Promise<boolean>
  /** Stores a message: resolved once the stream has it. A repeat of an id within ten minutes is dropped. */
  store(
    stream: string,
    subject: string,
    message: { id: string; data: Uint8Array; headers?: Record<string, string> },
  ): Promise<Stored>
  /** Every message on a subject from now on, at most once. Resolved once the broker knows. */
  follow(subject: string, listener: (message: Message) => void): Promise<Running>
  /**
   * What everybody who runs says of itself (ADR-32), collected until 300 ms bring no more, for two
   * seconds at most. Answers that are not JSON are left out.
   */
  discover(verb: 'INFO' | 'STATS'): Promise<unknown[]>
  close(): Promise<void>
}
