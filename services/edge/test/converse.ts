import { ServerFrame } from '@meshboard/contracts'
import type { Conversation, Greeting } from './conversations.ts'
import { RawPeer } from './raw-peer.ts'
import { until } from './until.ts'
import { frame } from './wire.ts'

/** A conversation as its bytes go out. */
export type Spoken = Conversation & {
  readonly toBytes: (frames: readonly Buffer[]) => readonly Buffer[]
  /** How long it waits for answers before it ends the line, milliseconds. */
  readonly patienceMs?: number
}

/** How a conversation went. */
export interface Outcome {
  /** Of the upgrade; 0 when there was no answer. */
  readonly status: number
  readonly code: number | undefined
  readonly texts: readonly string[]
  readonly frames: readonly { readonly type: string; readonly code?: string }[]
  /** From the client's last byte to the end of the connection, milliseconds. */
  readonly endedAfterMs: number
}

const HEAD_MS = 150
const GREETING_MS = 1_000
const END_MS = 12_000

/** Has a conversation, then ends the line without a farewell, and waits until the edge has, too. */
export const converse = async (
  port: number,
  { head, texts, toBytes, patienceMs = 60 }: Spoken,
): Promise<Outcome> => {
  const peer = new RawPeer(port)
  peer.write(Buffer.from(head))
  await until(() => peer.head !== '' || peer.isGone, HEAD_MS).catch(() => {})
  const greeting = peer.status === 101 ? await greetingOf(peer) : {}
  const frames = texts(greeting).map((text) => frame({ payload: text.toWellFormed() }))
  peer.write(...toBytes(frames))
  await until(() => peer.isGone || peer.code !== undefined, patienceMs).catch(() => {})
  peer.socket.end()
  const endedAt = performance.now()
  await until(() => peer.isGone, END_MS).catch(() => {})
  const endedAfterMs = performance.now() - endedAt
  peer.destroy()
  const { status, code } = peer
  return { status, code, texts: peer.texts, frames: framesIn(peer.texts), endedAfterMs }
}

const greetingOf = async (peer: RawPeer): Promise<Greeting> => {
  await until(() => peer.texts.length > 0 || peer.isGone, GREETING_MS).catch(() => {})
  return JSON.parse(peer.texts[0] ?? '{}') as Greeting
}

const framesIn = (texts: readonly string[]): Outcome['frames'] =>
  texts.filter((text) => text !== 'pong').map((text) => JSON.parse(text))

/** Codes by which an edge says that the fault is its own, or the mesh's. */
const OWN_FAULTS: ReadonlySet<number | undefined> = new Set([4200, 4302, 4303])
const PLAIN_TYPES = ['connection_established', 'connected', 'heartbeat_ack', 'disconnected']

/** What the edge did wrong, if anything, whatever the client did. */
export const faultIn = (outcome: Outcome, withinMs: number): string | undefined => {
  const { status, code, frames, endedAfterMs } = outcome
  if (endedAfterMs > withinMs) return `ended after ${endedAfterMs} ms`
  if (status >= 500 && status !== 501 && status !== 505) return `status ${status}`
  if (OWN_FAULTS.has(code)) return `closed with ${code}`
  const internal = frames.find((one) => one.type === 'error' && one.code === 'internal')
  if (internal) return JSON.stringify(internal)
  const isPlain = frames[0]?.type === 'connection_established'
  const unknown = frames.find(
    (one) => !(isPlain || PLAIN_TYPES.includes(one.type)) && !ServerFrame.safeParse(one).success,
  )
  return unknown && `no frame: ${JSON.stringify(unknown)}`
}
