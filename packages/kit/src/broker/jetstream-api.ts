import {
  type Broker,
  BrokerError,
  type Message,
  type Stored,
  type StreamPosition,
  type StreamSize,
} from './broker.ts'
import { epochOf } from './epoch.ts'

type Asked = Pick<Broker, 'request'>

interface ApiError {
  readonly code: number
  readonly description: string
}

/** What the stream says of a message it was given. Throws a `BrokerError` when it has not taken it. */
export const storedFrom = (answer: Message, what: string): Stored => {
  const ack = decode<{ seq?: number; duplicate?: boolean; error?: ApiError }>(answer)
  if (ack.error === undefined && ack.seq !== undefined)
    return { seq: ack.seq, duplicate: ack.duplicate ?? false }
  const { code = 0, description = 'no position' } = ack.error ?? {}
  throw new BrokerError(isForGood(code) ? 'refused' : 'not_stored', `${what}: ${description}`)
}

/** The same message is being stored right now: by an attempt whose answer was lost. */
const IN_PROCESS = 409

/** What is wrong with the message stays wrong; a full stream or a lost leader does not. */
const isForGood = (code: number): boolean => code >= 400 && code < 429 && code !== IN_PROCESS

/** How many events a durable has not delivered. Throws when there is no such durable. */
export const durableBacklog = async (
  broker: Asked,
  { stream, durable, deadline }: { stream: string; durable: string; deadline: number },
): Promise<number> => {
  const subject = `$JS.API.CONSUMER.INFO.${stream}.${durable}`
  const answer = await broker.request(subject, new Uint8Array(), { deadline })
  const info = decode<{ num_pending?: number; error?: ApiError }>(answer)
  if (info.num_pending === undefined)
    throw new Error(`${durable} on ${stream}: ${info.error?.description ?? 'no state'}`)
  return info.num_pending
}

/** Where a stream stands. */
export const streamPosition = async (
  ...[broker, stream, deadline]: [Asked, string, number]
): Promise<StreamPosition> => {
  const { created, state } = await infoOf(broker, stream, deadline)
  return { epoch: epochOf(stream, created), firstSeq: state.first_seq, lastSeq: state.last_seq }
}

/** How much a stream holds. */
export const streamSize = async (
  ...[broker, stream, deadline]: [Asked, string, number]
): Promise<StreamSize> => {
  const { config, state } = await infoOf(broker, stream, deadline)
  return { messages: state.messages, bytes: state.bytes, bytesMax: config.max_bytes }
}

interface StreamInfo {
  readonly created: string
  readonly config: { max_bytes: number }
  readonly state: { first_seq: number; last_seq: number; messages: number; bytes: number }
}

const infoOf = async (
  ...[broker, stream, deadline]: [Asked, string, number]
): Promise<StreamInfo> => {
  const subject = `$JS.API.STREAM.INFO.${stream}`
  const answer = await broker.request(subject, new Uint8Array(), { deadline })
  const { error, ...info } = decode<Partial<StreamInfo> & { error?: ApiError }>(answer)
  if (!info.created || !info.state)
    throw new Error(`${stream}: ${error?.description ?? 'no state'}`)
  return info as StreamInfo
}

const decode = <T>({ data }: Message): T => JSON.parse(new TextDecoder().decode(data)) as T
