import type { Operator } from '@meshboard/kit'
import { nearest } from '../nearest.ts'
import { UsageFailure } from '../refusal.ts'
import type { Tools } from '../tools.ts'
import { type LetterFilter, readLetters } from './letter.ts'

/** A service, or one consumer of it. */
interface Owner {
  readonly service: string
  readonly consumer?: string
}

/**
 * Fails when a filter names a service or a consumer that this build does not have, unless there are
 * letters of it: those of a consumer that is no more must stay within reach.
 */
export const assertKnown = async (
  { services }: Tools,
  operator: Operator,
  filter: LetterFilter,
): Promise<void> => {
  const { service, consumer } = filter
  if (service === undefined && consumer === undefined) return
  const owners = (await services()).flatMap(({ name, consumers }): Owner[] => [
    { service: name },
    ...consumers.map((one) => ({ service: name, consumer: one.name })),
  ])
  if (owners.some((owner) => isMeant(owner, filter))) return
  for await (const letter of readLetters(operator, {})) if (isMeant(letter, filter)) return
  const given = nameOf(service, consumer)
  const names = owners
    .filter((owner) => (owner.consumer === undefined) === (consumer === undefined))
    .map((owner) => nameOf(service && owner.service, owner.consumer))
  const what = consumer === undefined ? 'service' : 'consumer'
  throw new UsageFailure(
    `There is no ${what} "${given}", nor a letter of one. ${nearest(given, [...new Set(names)])}`,
  )
}

const isMeant = (owner: Owner, { service, consumer }: LetterFilter): boolean =>
  (service === undefined || owner.service === service) &&
  (consumer === undefined || owner.consumer === consumer)

const nameOf = (...parts: (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join('.')
