import {
  DEAD_HEADERS,
  Failure,
  HEADERS,
  REDRIVE_STREAM,
  parseEventSubject,
  redriveDurable,
} from '@meshboard/contracts'
import { type Operator, type Service, compileValidation, decodeJson } from '@meshboard/kit'
import type { Letter } from './letter.ts'

/**
 * What a redrive of a letter would do. `taken`: its consumer is there and can read it. `fails`: it
 * would be a dead letter again. `lost`: nobody would take it.
 */
export interface Verdict {
  readonly outcome: 'taken' | 'fails' | 'lost'
  readonly problems: readonly string[]
}

/** Says of letters what a redrive would do, by this build's contracts and the broker's durables. */
export const judgeWith = async (
  operator: Operator,
  services: readonly Service[],
): Promise<(letter: Letter) => Verdict> => {
  const durables = await operator.durables(REDRIVE_STREAM.name)
  const names = new Set(durables.map(({ name }) => name))
  return (letter) => {
    const nobody = whyNobody(letter, { services, durables: names })
    if (nobody !== undefined) return { outcome: 'lost', problems: [nobody] }
    const problems = whyUnreadable(letter, services)
    return { outcome: problems.length > 0 ? 'fails' : 'taken', problems }
  }
}

const consumerOf = ({ service, consumer }: Letter, services: readonly Service[]) =>
  services.find(({ name }) => name === service)?.consumers.find(({ name }) => name === consumer)

const whyNobody = (
  letter: Letter,
  { services, durables }: { services: readonly Service[]; durables: ReadonlySet<string> },
): string | undefined => {
  const { service, consumer } = letter
  if (!consumerOf(letter, services)) return `this build has no consumer ${service}.${consumer}`
  if (durables.has(redriveDurable(service))) return undefined
  return `${service} has no durable on ${REDRIVE_STREAM.name}: run "npm run mesh -- setup"`
}

/** Everything its consumer would refuse it for. */
const whyUnreadable = (letter: Letter, services: readonly Service[]): string[] => {
  const event = consumerOf(letter, services)?.event
  if (!event) return []
  const { headers } = letter
  const problems: string[] = []
  if (!headers[DEAD_HEADERS.id]) problems.push('it has no event id')
  if (!Number.isSafeInteger(Number(headers[HEADERS.n] ?? Number.NaN)))
    problems.push('it has no number')
  if (letter.event !== event.name)
    problems.push(`it is ${letter.event || 'no event'}; the consumer takes ${event.name}`)
  try {
    const data = compileValidation(event.data)(decodeJson(letter.data)) as Record<string, unknown>
    const key = event.key === 'all' ? 'all' : data[event.key]
    if (parseEventSubject(letter.subject)?.key !== key)
      problems.push(`its key ${String(key)} is not that of ${letter.subject || 'its subject'}`)
  } catch (error) {
    problems.push(sentenceOf(error))
  }
  return problems
}

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Failure)) return error instanceof Error ? error.message : String(error)
  const fields = Object.entries(error.fields ?? {}).map(
    ([name, why]) => `${name}: ${why.join(' ')}`,
  )
  return fields.length > 0 ? fields.join(' ') : error.message
}
