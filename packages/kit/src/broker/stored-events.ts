import type { Msg } from '@nats-io/transport-node'
import { type Message, type StoredEvents, BrokerError } from './broker.ts'
import { readHeaders } from './headers.ts'
import type { Replies } from './replies.ts'

const BYTES_MAX = 1 << 20
const ATTEMPT_MS = 250
/** The end of a batch, and nothing there. */
const ENDS = new Set([204, 404])

/** A read by JetStream direct get (ADR-31): the stream's replicas answer, no consumer is made. */
export interface StoredRead {
  readonly stream: string
  /** One exact subject: a wildcard would make the server walk the whole stream. */
  readonly subject: string
  readonly seq: number
  readonly max: number
  readonly bytesMax?: number
  readonly deadline: number
}

/** One page of stored events from `seq` on. An attempt that gets no answer is made again. */
export const readStored = (replies: Replies, read: StoredRead): Promise<StoredEvents> =>
  batch(replies, read, {
    seq: read.seq,
    next_by_subj: read.subject,
    batch: read.max,
    max_bytes: read.bytesMax ?? BYTES_MAX,
  })

/** The newest stored events of several exact subjects, as far as they are at `seq` or later. */
export const newestStored = async (
  replies: Replies,
  read: Pick<StoredRead, 'stream' | 'seq' | 'deadline'> & { readonly subjects: readonly string[] },
): Promise<readonly Message[]> => {
  const newest: Message[] = []
  let { seq } = read
  for (;;) {
    const { events, more } = await batch(replies, read, {
      seq,
      multi_last: read.subjects,
      batch: read.subjects.length,
      max_bytes: BYTES_MAX,
    })
    newest.push(...events)
    const last = events.at(-1)
    if (!more || !last) return newest
    seq = Number(last.headers['nats-sequence']) + 1
  }
}

const batch = (
  replies: Replies,
  read: Pick<StoredRead, 'stream' | 'deadline'>,
  request: unknown,
): Promise<StoredEvents> =>
  repeated(read.deadline, async (deadline) => {
    const events: Message[] = []
    let more = false
    let status = 0
    await replies.ask(apiSubject(read.stream), encode(request), { deadline }, (frame) => {
      if (isStatus(frame)) {
        status = frame.headers?.code ?? 0
        more = Number(frame.headers?.last('Nats-Num-Pending') ?? 0) > 0
        return true
      }
      events.push(toStored(frame))
      return false
    })
    if (!ENDS.has(status)) throw new Error(`${read.stream} refused a read with status ${status}`)
    return { events, more }
  })

/** The stored message at one position; nothing when it is gone. Throws when the stream refuses. */
export const storedAt = (
  replies: Replies,
  { stream, seq, deadline }: Pick<StoredRead, 'stream' | 'seq' | 'deadline'>,
): Promise<Message | undefined> =>
  repeated(deadline, async (attemptEnds) => {
    let found: Message | undefined
    let status = 0
    const request = encode({ seq })
    await replies.ask(apiSubject(stream), request, { deadline: attemptEnds }, (frame) => {
      status = frame.headers?.code ?? 0
      if (status === 0) found = toStored(frame)
      return true
    })
    if (status > 0 && !ENDS.has(status))
      throw new Error(`${stream} refused a read with status ${status}`)
    return found
  })

const apiSubject = (stream: string): string => `$JS.API.DIRECT.GET.${stream}`

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const isStatus = (frame: Msg): boolean => (frame.headers?.code ?? 0) > 0

const toStored = (frame: Msg): Message => {
  const headers = readHeaders(frame.headers)
  return { subject: headers['nats-subject'] ?? '', data: frame.data, headers, reply: undefined }
}

const repeated = async <T>(
  deadline: number,
  read: (deadline: number) => Promise<T>,
): Promise<T> => {
  for (;;) {
    try {
      return await read(Math.min(deadline, Date.now() + ATTEMPT_MS))
    } catch (error) {
      const late = Date.now() + ATTEMPT_MS > deadline
      if (late || !(error instanceof BrokerError) || error.fault !== 'timeout') throw error
    }
  }
}
