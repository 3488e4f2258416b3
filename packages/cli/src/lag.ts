import { advisoryDurable, durableName, redriveDurable } from '@meshboard/contracts'
import type { DurableReport, Operator, Service } from '@meshboard/kit'

/** A durable with what waits for it. */
export interface DurableLag extends DurableReport {
  readonly stream: string
  /** When the oldest message was stored that it has not ended, RFC 3339; absent when all are. */
  readonly oldestTime?: string
}

/** What waits for each durable of a stream. */
export const lagOf = async (operator: Operator, stream: string): Promise<DurableLag[]> => {
  const durables = await operator.durables(stream)
  return Promise.all(
    durables.map(async (durable) => {
      const oldestTime = await oldestOf(operator, stream, durable)
      return { ...durable, stream, ...(oldestTime !== undefined && { oldestTime }) }
    }),
  )
}

/** Nothing is asked for who has ended everything, nor for who is given several subjects. */
const oldestOf = async (
  operator: Operator,
  stream: string,
  { pending, unacked, subjects, endedSeq }: DurableReport,
): Promise<string | undefined> => {
  const [subject] = subjects
  if (pending + unacked === 0 || subject === undefined || subjects.length > 1) return undefined
  const from = { seq: endedSeq + 1 }
  for await (const { time } of operator.read(stream, { subject, from, atMost: 1 })) return time
  return undefined
}

/** The durables that services need and that are not there. */
export const missingDurables = (
  services: readonly Service[],
  there: readonly { stream: string; name: string }[],
): string[] => {
  const names = new Set(there.map(({ name }) => name))
  return services.flatMap(durablesOf).filter((name) => !names.has(name))
}

const durablesOf = ({ name, consumers }: Service): string[] =>
  consumers.length === 0
    ? []
    : [
        ...consumers.map((consumer) => durableName(name, consumer.name)),
        redriveDurable(name),
        advisoryDurable(name),
      ]
