import { DEAD_HEADERS, DEAD_STREAM, HEADERS, parseDeadSubject } from '@meshboard/contracts'
import type { HeaderValues, Operator, StoredMessage } from '@meshboard/kit'

/** An event that a consumer could not take. */
export interface Letter {
  /** Its position among the dead letters: what an operator names it by. */
  readonly seq: number
  /** When it was given up, RFC 3339. */
  readonly time: string
  readonly service: string
  readonly consumer: string
  readonly eventId: string
  /** The event's name, `earnings.credited`; empty when it had none. */
  readonly event: string
  /** The subject the event was first stored under. */
  readonly subject: string
  readonly kind: string
  readonly reason: string
  readonly attempt: string
  readonly headers: HeaderValues
  readonly data: Uint8Array
}

/** Which letters are meant; what is left out may be anything. */
export interface LetterFilter {
  readonly service?: string
  readonly consumer?: string
  readonly kind?: string
  readonly event?: string
  readonly since?: Date
}

/** A dead letter as its stream holds it. */
const toLetter = ({ seq, subject, headers, data, time }: StoredMessage): Letter => {
  const place = parseDeadSubject(subject)
  return {
    seq,
    time: headers[DEAD_HEADERS.time] ?? time,
    service: place?.service ?? '',
    consumer: place?.consumer ?? '',
    eventId: headers[DEAD_HEADERS.id] ?? '',
    event: headers[HEADERS.event] ?? '',
    subject: headers[DEAD_HEADERS.subject] ?? '',
    kind: headers[DEAD_HEADERS.kind] ?? '',
    reason: headers[DEAD_HEADERS.reason] ?? '',
    attempt: headers[DEAD_HEADERS.attempt] ?? '',
    headers,
    data,
  }
}

/** The letters that a filter means, the oldest first. */
export async function* readLetters(
  operator: Operator,
  filter: LetterFilter,
): AsyncGenerator<Letter, void, undefined> {
  const asked = { subject: DEAD_STREAM.subjects, from: { seq: 1 } }
  for await (const message of operator.read(DEAD_STREAM.name, asked)) {
    const letter = toLetter(message)
    if (matches(letter, filter)) yield letter
  }
}

/** One letter, as the stream's leader has it; undefined when it is not there (any more). */
export const readLetter = async (operator: Operator, seq: number): Promise<Letter | undefined> => {
  const message = await operator.get(DEAD_STREAM.name, seq)
  return message && toLetter(message)
}

const matches = (letter: Letter, { service, consumer, kind, event, since }: LetterFilter) =>
  (service === undefined || letter.service === service) &&
  (consumer === undefined || letter.consumer === consumer) &&
  (kind === undefined || letter.kind === kind) &&
  (event === undefined || letter.event === event) &&
  (since === undefined || Date.parse(letter.time) >= since.getTime())

/** A letter as JSON, without its body. */
export const letterJson = (letter: Letter) => ({
  seq: letter.seq,
  time: letter.time,
  service: letter.service,
  consumer: letter.consumer,
  event_id: letter.eventId,
  event: letter.event,
  subject: letter.subject,
  kind: letter.kind,
  reason: letter.reason,
  attempt: Number(letter.attempt) || null,
})
