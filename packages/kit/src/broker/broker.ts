/**
 * What the kit needs of a message broker, with the guarantees it counts on. `nats.ts` is the only
 * implementation; nothing outside this folder names the library behind it.
 */

/** Headers by lower-case name; of a repeated header the last value, since a stranger's stands first. */
export type HeaderValues = Readonly<Record<string, string>>

/** A message as it arrived. */
export interface Message {
  readonly subject: string
  readonly data: Uint8Array
  readonly headers: HeaderValues
  /** Where an answer goes, if one is wanted. */
  readonly reply: string | undefined
}

export interface RequestOptions {
  headers?: Record<string, string>
  /** When to give up, milliseconds since 1970. */
  deadline: number
  signal?: AbortSignal | undefined
  /**
   * Fails with `disconnected` as soon as the connection breaks, for requests that may be repeated.
   * Others wait: their answer may still come after a reconnect.
   */
  interruptible?: boolean
}

/** Why a request got no answer. After `no_responders` nobody has seen it; after `timeout` who knows. */
export type BrokerFault =
  | 'no_responders'
  | 'timeout'
  | 'aborted'
  | 'forbidden'
  | 'disconnected'
  | 'too_large'
  /** The stream will not take it, however often it is asked. */
  | 'refused'
  /** The stream takes nothing now: it is full, or has no leader. */
  | 'not_stored'

/** A request or publication that the broker could not carry. */
export class BrokerError extends Error {
  readonly fault: BrokerFault

  constructor(fault: BrokerFault, message: string) {
    super(message)
    this.name = 'BrokerError'
    this.fault = fault
  }
}

/** What the stream says of a stored event. */
export interface Stored {
  /** Its position in the stream. */
  readonly seq: number
  /** The same id was stored within the dedupe window, so this one was not. */
  readonly duplicate: boolean
}

/** An event on its way to a consumer. Exactly one of `ack`, `retry`, `reject` ends the delivery. */
export interface Delivery extends Message {
  readonly stream: string
  readonly seq: number
  /** 1 for the first attempt. */
  readonly attempt: number
  /** How many wait behind it, of this consumer. */
  readonly behind: number
  /** When the stream stored it, milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number
  /** Says it is done. When that is lost, it is delivered again. */
  ack(): void
  /** Asks for it again after a delay; a message behind it may overtake it. */
  retry(delayMs: number): void
  /** Says it is still being worked on, so that it is not delivered to another. The kit says so of itself every 3 s. */
  working(): void
  /** Never to be delivered to this consumer again. */
  reject(reason: string): void
}

/** Something that runs until it is stopped. */
export interface Running {
  /** Takes nothing new, waits for what is in hand. */
  stop(): Promise<void>
}

/** Where a stream stands. `epoch` changes only when the stream is made anew. */
export interface StreamPosition {
  readonly epoch: string
  readonly firstSeq: number
  readonly lastSeq: number
}

/** How much a stream holds. */
export interface StreamSize {
  readonly messages: number
  readonly bytes: number
  /** From here on it takes nothing more; -1: it has no limit. */
  readonly bytesMax: number
}

/** A page of stored events of one exact subject. */
export interface StoredEvents {
  readonly events: readonly Message[]
  /** Whether more may follow after the last of them. */
  readonly more: boolean
}

export interface Broker {
  /** Whether the connection stands right now. */
  readonly connected: boolean
  /** Whether a request may be made now: false while disconnected, and while a server is being left. */
  readonly open: boolean
  /** Reconnected within the last two seconds: others that lost the same server may not be back yet. */
  readonly settling: boolean
  /** Resolved once `open`. Fails `disconnected` at the deadline, `aborted` when told so. */
  opened(until: { deadline: number; signal?: AbortSignal | undefined }): Promise<void>
  /** The server that the connection goes to, or went to last. */
  readonly server: { readonly host: string; readonly port: number }
  /** Called with each change of `connected`. */
  onConnection(listener: (connected: boolean) => void): void
  /** One request, one answer. Fails with a `BrokerError`. */
  request(subject: string, data: Uint8Array, options: RequestOptions): Promise<Message>
  /**
   * At most once, to whoever listens now. What is published while the connection is away waits for
   * it, 4 MiB of it: then this throws `disconnected`. An answer is sent again for ten seconds while its
   * asker is away.
   */
  publish(subject: string, data: Uint8Array, headers?: Record<string, string>): void
  /**
   * Stores an event: resolved once the stream has it. Repeats of an id within ten minutes are
   * dropped. Fails with a `BrokerError`; after `refused`, `too_large` and `forbidden` there is no use
   * in trying again.
   */
  store(
    stream: string,
    subject: string,
    data: Uint8Array,
    options: { id: string; headers: Record<string, string>; deadline: number },
  ): Promise<Stored>
  /**
   * Answers requests as one of a queue group: each request reaches one of its members. Resolved once
   * the broker knows.
   */
  serve(subject: string, queue: string, answer: (request: Message) => void): Promise<Running>
  /** Every message on a subject from now on, at most once. Resolved once the broker knows. */
  subscribe(subject: string, listener: (message: Message) => void): Promise<Running>
  /**
   * Deliveries of a durable consumer, at least once, at most `inHandMax` unfinished at a time. Each is
   * handed over as it arrives, and the broker kept told that it is worked on until it is ended.
   * `stop` waits until all are. Throws when the durable does not exist.
   */
  consume(
    stream: string,
    durable: string,
    options: { inHandMax: number; take: (delivery: Delivery) => void },
  ): Promise<Running>
  /** How many events a durable has not delivered yet, asked of its leader. */
  backlog(stream: string, durable: string, deadline: number): Promise<number>
  /**
   * Stored events of one exact subject from `seq` on, in order: at most `max`, at most `bytesMax` (1 MiB
   * when not given) and one.
   */
  readStored(
    stream: string,
    subject: string,
    options: { seq: number; max: number; bytesMax?: number; deadline: number },
  ): Promise<StoredEvents>
  /** Of each of up to 512 exact subjects the newest stored event, if that is at `seq` or later. */
  newestStored(
    stream: string,
    subjects: readonly string[],
    options: { seq: number; deadline: number },
  ): Promise<readonly Message[]>
  /** The stored message at one position; nothing when it is gone. */
  storedAt(stream: string, seq: number, deadline: number): Promise<Message | undefined>
  /** Where the stream stands, asked of its leader. */
  streamPosition(stream: string, deadline: number): Promise<StreamPosition>
  /** How much the stream holds, asked of its leader. */
  streamSize(stream: string, deadline: number): Promise<StreamSize>
  /** Sends what is buffered and closes. */
  close(): Promise<void>
}
