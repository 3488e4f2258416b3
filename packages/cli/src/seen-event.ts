import { HEADERS, parseEventSubject } from '@meshboard/contracts'
import type { Message, StoredMessage } from '@meshboard/kit'
import { paint } from './output/paint.ts'
import { cut } from './output/table.ts'
import type { Terminal } from './terminal.ts'

/** An event as `mesh tail` shows it. */
export interface SeenEvent {
  readonly seq: number
  /** When it was stored, RFC 3339. */
  readonly time: string
  readonly service: string
  readonly topic: string
  readonly key: string
  /** Its name, `earnings.credited`. */
  readonly event: string
  readonly n: number
  readonly id: string
  readonly trace: string | undefined
  /** As it was stored. */
  readonly body: string
}

/** An event out of its stream. */
export const ofStream = ({ seq, time, ...message }: StoredMessage): SeenEvent => ({
  ...ofMessage(message),
  seq,
  time,
})

/** The live copy of an event; the broker says in headers where it was stored. */
export const ofFeed = (message: Message): SeenEvent => ({
  ...ofMessage(message),
  seq: Number(message.headers['nats-sequence'] ?? 0),
  time: new Date(message.headers['nats-time-stamp'] ?? Date.now()).toISOString(),
})

const ofMessage = ({ subject, headers, data }: Pick<Message, 'subject' | 'headers' | 'data'>) => {
  const place = parseEventSubject(subject)
  return {
    service: place?.service ?? '',
    topic: place?.topic ?? '',
    key: place?.key ?? '',
    event: headers[HEADERS.event] ?? '',
    n: Number(headers[HEADERS.n] ?? 0),
    id: headers[HEADERS.messageId.toLowerCase()] ?? '',
    trace: traceOf(headers),
    body: new TextDecoder().decode(data),
  }
}

/** The trace id in a message's headers, if there is one. */
export const traceOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  headers[HEADERS.traceparent]?.split('-')[1]

/** A body as the value it is, or as its text when it is no JSON. */
export const valueOf = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

/** An event as one line: for a person, as JSON, or its body alone. */
export const eventLine = (
  terminal: Terminal,
  event: SeenEvent,
  { json, raw }: { json?: boolean; raw?: boolean },
): string => {
  if (raw) return event.body
  const { body, trace, ...rest } = event
  if (json) return JSON.stringify({ ...rest, trace_id: trace, data: valueOf(body) })
  const { time, seq, n, key } = event
  const known = `${time.slice(11, 23)}  ${String(seq).padStart(6)}  ${event.event}  ${key} #${n}  `
  const space = terminal.width - known.length
  return known + paint(terminal, 'faint')(cut(body.replaceAll(/\s+/g, ' '), Math.max(0, space)))
}
