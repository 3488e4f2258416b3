import { DEAD_HEADERS, DEAD_STREAM, deadSubject } from '@meshboard/contracts'
import type { Broker, HeaderValues } from './broker/broker.ts'

const STORE_MS = 5_000

/**
 * Why an event is given up: it cannot be read; its consumer has said never; it was tried as often as
 * is allowed; or it was begun that often and never ended, as when it ends the process.
 */
export type DeathKind = 'undecodable' | 'permanent' | 'exhausted' | 'crashed'

/** An event that a consumer gives up. */
export interface Letter {
  /** The event's own id and subject, also when it was redriven before. */
  readonly id: string
  readonly subject: string
  readonly data: Uint8Array
  readonly headers: HeaderValues
  /** Where it was delivered from, and how often. */
  readonly stream: string
  readonly seq: number
  readonly attempt: number
}

/** Whose event it was, and why it is given up. */
export interface Death {
  readonly service: string
  readonly consumer: string
  readonly kind: DeathKind
  readonly reason: string
  /** The trace of the attempt that failed. */
  readonly traceId: string
}

/**
 * Stores an event among the dead letters, with its own headers, its id and its body; resolved once
 * the stream has it, and only then may the delivery be ended. Stored once when tried again within ten minutes, by whatever instance.
 * Throws a `BrokerError`.
 */
export const bury = async (broker: Broker, letter: Letter, death: Death): Promise<void> => {
  const { service, consumer } = death
  await broker.store(DEAD_STREAM.name, deadSubject(service, consumer), letter.data, {
    id: `dead:${letter.stream}:${letter.seq}:${service}_${consumer}`,
    headers: { ...withoutBrokerHeaders(letter.headers), ...headersOf(letter, death) },
    deadline: Date.now() + STORE_MS,
  })
}

const headersOf = (letter: Letter, death: Death): Record<string, string> => ({
  [DEAD_HEADERS.id]: letter.id,
  [DEAD_HEADERS.reason]: inOneLine(death.reason, 512),
  [DEAD_HEADERS.kind]: death.kind,
  [DEAD_HEADERS.stream]: letter.stream,
  [DEAD_HEADERS.seq]: String(letter.seq),
  [DEAD_HEADERS.subject]: letter.subject,
  [DEAD_HEADERS.attempt]: String(letter.attempt),
  [DEAD_HEADERS.time]: new Date().toISOString(),
  [DEAD_HEADERS.service]: death.service,
  [DEAD_HEADERS.consumer]: death.consumer,
  [DEAD_HEADERS.trace]: death.traceId,
})

/** A sentence as a header or an acknowledgement takes it. */
export const inOneLine = (text: string, max: number): string =>
  text.replaceAll(/[\r\n]+/g, ' ').slice(0, max)

const withoutBrokerHeaders = (headers: HeaderValues): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('nats-')))
