import { type Msg, type NatsConnection, connect, createInbox } from '@nats-io/transport-node'
import type { StreamConfig, StreamState } from '@nats-io/jetstream'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'

/** A stream as it was when it was saved; its messages and durables are in the bytes beside it. */
export interface SavedStream {
  readonly name: string
  readonly messages: number
  readonly firstSeq: number
  readonly lastSeq: number
  /** What the broker wants to be told again when the stream is brought back. */
  readonly config: unknown
  readonly state: unknown
}

/** Saves whole streams, and brings them back. Everything fails with an `Error` that says why. */
export interface StreamVault {
  /**
   * Saves a stream as it is at one moment: messages with their positions and times, and how far each
   * durable had come. The bytes come in order, the next only when `write` has taken the one before.
   * The stream goes on meanwhile. Throws when the broker finds one of its own files damaged.
   */
  save(stream: string, write: (bytes: Uint8Array) => Promise<void>): Promise<SavedStream>
  /** Brings a stream back that is not there, kept `replicas` times. Gives what it holds then. */
  bringBack(
    saved: SavedStream,
    bytes: AsyncIterable<Uint8Array>,
    options: { replicas: number },
  ): Promise<{ messages: number; lastSeq: number }>
  close(): Promise<void>
}

const CHUNK_BYTES = 128 * 1024
const BEGIN_MS = 60_000
const CHUNK_MS = 30_000
/** Of the last chunk: the broker unpacks, and reads every message once. */
const END_MS = 600_000
const DONE = 204

/** Connects as the provisioner. Closed by who opened it. */
export const openVault = async (options: Omit<BrokerOptions, 'onFault'>): Promise<StreamVault> => {
  const settings = connectionOptions(options)
  const connection = await connect({ ...settings, maxReconnectAttempts: 0 })
  const inbox = () => createInbox(settings.inboxPrefix)
  return {
    save: (stream, write) => save(connection, { stream, write, inbox: inbox() }),
    bringBack: (saved, bytes, { replicas }) => bringBack(connection, { saved, bytes, replicas }),
    close: () => connection.close(),
  }
}

interface Saving {
  stream: string
  write: (bytes: Uint8Array) => Promise<void>
  inbox: string
}

const save = async (
  connection: NatsConnection,
  { stream, write, inbox }: Saving,
): Promise<SavedStream> => {
  const chunks = connection.subscribe(inbox)
  try {
    const { config, state } = await ask<{ config: StreamConfig; state: StreamState }>(
      connection,
      `SNAPSHOT.${stream}`,
      { deliver_subject: inbox, chunk_size: CHUNK_BYTES, jsck: true },
    )
    for await (const chunk of chunks) {
      if (isLast(chunk, stream)) break
      await write(chunk.data)
      chunk.respond()
    }
    const { messages, first_seq: firstSeq, last_seq: lastSeq } = state
    return { name: stream, messages, firstSeq, lastSeq, config, state }
  } finally {
    chunks.unsubscribe()
  }
}

const isLast = ({ data, headers }: Msg, stream: string): boolean => {
  if (data.length > 0) return false
  const code = headers?.code ?? DONE
  if (code === DONE || code === 0) return true
  throw new Error(`${stream} could not be saved: ${headers?.description ?? code}`)
}

interface BringingBack {
  saved: SavedStream
  bytes: AsyncIterable<Uint8Array>
  replicas: number
}

const bringBack = async (
  connection: NatsConnection,
  { saved, bytes, replicas }: BringingBack,
): Promise<{ messages: number; lastSeq: number }> => {
  const { name, state } = saved
  const config = { ...(saved.config as StreamConfig), num_replicas: replicas }
  const { deliver_subject: target } = await ask<{ deliver_subject: string }>(
    connection,
    `RESTORE.${name}`,
    { config, state },
  )
  for await (const part of bytes)
    for (let at = 0; at < part.length; at += CHUNK_BYTES) {
      const chunk = part.subarray(at, at + CHUNK_BYTES)
      refuse(await connection.request(target, chunk, { timeout: CHUNK_MS }), name)
    }
  const answer = refuse(await connection.request(target, '', { timeout: END_MS }), name)
  return { messages: answer.state?.messages ?? 0, lastSeq: answer.state?.last_seq ?? 0 }
}

interface Answer {
  error?: { description: string }
  state?: StreamState
}

const refuse = ({ data }: Msg, stream: string): Answer => {
  if (data.length === 0) return {}
  const answer = JSON.parse(new TextDecoder().decode(data)) as Answer
  if (answer.error) throw new Error(`${stream}: ${answer.error.description}`)
  return answer
}

const ask = async <T extends object>(
  ...[connection, request, body]: [NatsConnection, string, object]
): Promise<T> => {
  const subject = `$JS.API.STREAM.${request}`
  const answer = await connection.request(subject, JSON.stringify(body), { timeout: BEGIN_MS })
  return refuse(answer, request) as T
}
