import { REDRIVE_STREAM, redriveDurable } from '@meshboard/contracts'
import type { Operator, Service } from '@meshboard/kit'
import { nearest } from '../nearest.ts'
import { Refusal, UsageFailure } from '../refusal.ts'
import type { Replayer } from './run.ts'

/** The consumer of that full name, `earnings.creditOnUptimeAccrued`; fails unless it may see a past again. */
export const replayerNamed = (services: readonly Service[], name: string): Replayer => {
  const all = services.flatMap(({ name: service, consumers }) =>
    consumers.map((consumer) => ({ service, consumer })),
  )
  const found = all.find(({ service, consumer }) => `${service}.${consumer.name}` === name)
  if (!found) {
    const names = all.map(({ service, consumer }) => `${service}.${consumer.name}`)
    throw new UsageFailure(`There is no consumer "${name}". ${nearest(name, names)}`)
  }
  if (found.consumer.replayable !== true)
    throw new Refusal(
      `${name} may not be replayed: its code does not declare "replayable: true", so nobody has said that an old event does no harm there.`,
    )
  return { service: found.service, consumer: found.consumer.name, event: found.consumer.event }
}

/** Fails when nobody would take what is replayed. */
export const assertTaken = async (operator: Operator, { service }: Replayer): Promise<void> => {
  const durables = await operator.durables(REDRIVE_STREAM.name)
  if (durables.some(({ name }) => name === redriveDurable(service))) return
  throw new Refusal(
    `${service} has no durable on ${REDRIVE_STREAM.name}: run "npm run mesh -- setup".`,
  )
}
