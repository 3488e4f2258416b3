import type { Operator } from '@meshboard/kit'
import { z } from 'zod'

/** A running instance, as it says of itself. */
export interface Instance {
  readonly service: string
  readonly id: string
  readonly version: string
  readonly owner: string | undefined
  /** `earnings@1.0.0`. */
  readonly contract: string | undefined
  readonly hash: string | undefined
  readonly endpoints: number
  /** Since it started, like `errors`. */
  readonly requests: number
  readonly errors: number
  /** Over all requests; null before the first. */
  readonly averageMs: number | null
}

const Answer = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  metadata: z.record(z.string(), z.string()).nullish(),
})
const Info = Answer.extend({
  type: z.literal('io.nats.micro.v1.info_response'),
  endpoints: z.array(z.unknown()).nullish(),
})
const Stats = Answer.extend({
  type: z.literal('io.nats.micro.v1.stats_response'),
  endpoints: z
    .array(
      z.object({
        num_requests: z.number(),
        num_errors: z.number(),
        average_processing_time: z.number(),
      }),
    )
    .nullish(),
})
type Counted = NonNullable<z.output<typeof Stats>['endpoints']>[number]

const NS_PER_MS = 1_000_000

/** Every instance that answers, by service and id. What is no answer of ADR-32 is left out. */
export const findInstances = async (operator: Operator): Promise<Instance[]> => {
  const [infos, stats] = await Promise.all([
    operator.discover('INFO').then((answers) => answers.flatMap(as(Info))),
    operator.discover('STATS').then((answers) => answers.flatMap(as(Stats))),
  ])
  return infos
    .map((info) => toInstance(info, stats.find(({ id }) => id === info.id)?.endpoints ?? []))
    .toSorted((a, b) => a.service.localeCompare(b.service) || a.id.localeCompare(b.id))
}

const as =
  <S extends z.ZodType>(schema: S) =>
  (answer: unknown): z.output<S>[] => {
    const { success, data } = schema.safeParse(answer)
    return success ? [data] : []
  }

const toInstance = (info: z.output<typeof Info>, counted: readonly Counted[]): Instance => {
  const requests = sum(counted, (one) => one.num_requests)
  const spent = sum(counted, (one) => one.num_requests * one.average_processing_time)
  return {
    service: info.name,
    id: info.id,
    version: info.version,
    owner: info.metadata?.['mesh.owner'],
    contract: info.metadata?.['mesh.contract'],
    hash: info.metadata?.['mesh.hash'],
    endpoints: info.endpoints?.length ?? 0,
    requests,
    errors: sum(counted, (one) => one.num_errors),
    averageMs: requests === 0 ? null : spent / requests / NS_PER_MS,
  }
}

const sum = (all: readonly Counted[], valueOf: (one: Counted) => number): number =>
  all.reduce((total, one) => total + valueOf(one), 0)
