import { type Contract, covers } from '@meshboard/contracts'
import { type Allowed, type Rights, rightsOf } from '@meshboard/kit'

/** A subject that a service may publish or subscribe to, and what of its code gives it that right. */
export interface Right {
  readonly verb: keyof Allowed
  readonly subject: string
  /** The queue group that a subscription must be in. */
  readonly queue: string | undefined
  readonly because: readonly string[]
}

/** Something that rights follow from, with the service as it would be with nothing else. */
interface Cause {
  readonly because: string
  readonly alone: Rights
}

/**
 * Every right of a service with its causes. A right is caused by what alone gives it to a service
 * that has nothing else, so this knows nothing of how rights follow.
 */
export const explainRights = (service: Rights): Right[] => {
  const everybody = rightsOf(bare(service))
  const causes = causesOf(service).map(({ because, alone }) => ({
    because,
    rights: rightsOf(alone),
  }))
  const whole = rightsOf(service)
  return (['publish', 'subscribe'] as const).flatMap((verb) =>
    whole[verb].map((right) => {
      const [subject = '', queue] = right.split(' ')
      const because = everybody[verb].includes(right)
        ? ['every service has it: private inbox, discovery']
        : causes.filter(({ rights }) => rights[verb].includes(right)).map((one) => one.because)
      return { verb, subject, queue, because }
    }),
  )
}

const bare = ({ service, isolated }: Rights): Rights => ({
  service,
  isolated,
  contract: undefined,
  consumers: [],
  uses: { calls: [] },
})

const causesOf = (service: Rights): Cause[] => {
  const none = bare(service)
  const { contract, consumers, uses } = service
  return [
    ...(contract ? contractCauses(none, contract) : []),
    ...consumers.map((consumer) => ({
      because: `consumer ${consumer.name} hears ${consumer.event.name}`,
      alone: { ...none, consumers: [consumer] },
    })),
    ...uses.calls.map((procedure) => ({
      because: `uses ${procedure.name}`,
      alone: { ...none, uses: { calls: [procedure] } },
    })),
    ...(uses.channels ?? []).map((placed) => ({
      because: `shows the channel ${placed.name}`,
      alone: { ...none, uses: { calls: [], channels: [placed] } },
    })),
  ]
}

const contractCauses = (none: Rights, contract: Contract): Cause[] => [
  {
    because: `answers the procedures of ${contract.name}@${contract.version}`,
    alone: { ...none, contract: { ...contract, events: {}, signals: {} } },
  },
  {
    because: `raises the events of ${contract.name}@${contract.version}`,
    alone: { ...none, contract: { ...contract, procedures: {} } },
  },
]

/** What is to be done with a subject, as the broker would be asked. */
export interface Attempt {
  readonly verb: keyof Allowed
  readonly subject: string
  readonly queue?: string
}

/** The rights that allow an attempt; none when the broker refuses it. */
export const rightsFor = (rights: readonly Right[], attempt: Attempt): Right[] =>
  rights.filter(
    (right) =>
      right.verb === attempt.verb &&
      covers(right.subject, attempt.subject) &&
      (right.queue === undefined || right.queue === attempt.queue),
  )
