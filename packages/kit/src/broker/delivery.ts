import type { Msg } from '@nats-io/transport-node'
import type { Delivery } from './broker.ts'
import { readHeaders } from './headers.ts'

const NANOS_PER_MS = 1_000_000

/**
 * A message of a durable as the kit sees it. `ended` is called with the first word that ends it; the
 * words after that are not sent.
 */
export const toDelivery = (message: Msg, ended: () => void): Delivery => {
  const { stream, seq, attempt, behind, storedAt } = placeOf(message.reply ?? '')
  let open = true
  const end = (word: string) => {
    if (!open) return
    open = false
    ended()
    message.respond(word)
  }
  return {
    subject: message.subject,
    data: message.data,
    headers: readHeaders(message.headers),
    reply: undefined,
    stream,
    seq,
    attempt,
    behind,
    storedAt,
    ack: () => end('+ACK'),
    retry: (delayMs) => end(`-NAK {"delay": ${Math.ceil(delayMs) * NANOS_PER_MS}}`),
    reject: (reason) => end(`+TERM ${reason}`),
    working() {
      if (open) message.respond('+WPI')
    },
  }
}

/**
 * `$JS.ACK.<stream>.<durable>.<attempt>.<seq>.<place>.<time>.<behind>`, with domain and account
 * before the stream in the longer form (ADR-15).
 */
const placeOf = (reply: string) => {
  const tokens = reply.split('.')
  const at = tokens.length === 9 ? 2 : 4
  const [stream = '', , attempt, seq, , nanos, behind] = tokens.slice(at)
  return {
    stream,
    attempt: Number(attempt),
    seq: Number(seq),
    behind: Number(behind),
    storedAt: Number(nanos) / NANOS_PER_MS,
  }
}
