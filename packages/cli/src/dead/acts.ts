import { DEAD_HEADERS, DEAD_STREAM, REDRIVE_STREAM, redriveSubject } from '@meshboard/contracts'
import type { HeaderValues, Operator } from '@meshboard/kit'
import { writeDown } from '../audit.ts'
import type { Letter } from './letter.ts'

/** Who does it, and why. */
export interface Warrant {
  readonly actor: string
  readonly reason: string
}

/**
 * Gives the letter to its consumer again, and to no other: written down, stored for the consumer, and
 * only then taken from the dead. Done twice, or broken off anywhere, it is harmless: the consumer
 * takes an event once. Gives the position among what is to be taken again.
 */
export const redriveLetter = async (
  operator: Operator,
  letter: Letter,
  warrant: Warrant,
): Promise<number> => {
  await writeDown(operator, deedOf(letter, 'redrive', warrant))
  const { seq } = await operator.store(
    REDRIVE_STREAM.name,
    redriveSubject(letter.service, letter.consumer),
    { id: `redrive:${letter.seq}`, data: letter.data, headers: headersOf(letter) },
  )
  await operator.remove(DEAD_STREAM.name, letter.seq)
  return seq
}

/** Takes the letter from the dead, for good. Written down before. */
export const discardLetter = async (
  operator: Operator,
  letter: Letter,
  warrant: Warrant,
): Promise<void> => {
  await writeDown(operator, deedOf(letter, 'discard', warrant))
  await operator.remove(DEAD_STREAM.name, letter.seq)
}

const deedOf = (letter: Letter, action: string, warrant: Warrant) => ({
  area: 'dead' as const,
  action,
  ...warrant,
  to: {
    letter_seq: letter.seq,
    event_id: letter.eventId,
    event: letter.event,
    service: letter.service,
    consumer: letter.consumer,
  },
})

/** The event's own headers, and which event it is; what was said of its death is left behind. */
const headersOf = ({ headers, eventId, subject }: Letter): Record<string, string> => ({
  ...withoutBrokerHeaders(headers, 'mesh-dead-'),
  [DEAD_HEADERS.id]: eventId,
  [DEAD_HEADERS.subject]: subject,
})

/** Headers without those that the broker wrote, nor those that begin with `also`. */
export const withoutBrokerHeaders = (
  headers: HeaderValues,
  also = 'nats-',
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('nats-') && !name.startsWith(also)),
  )
