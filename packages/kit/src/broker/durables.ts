import {
  ADVISORY_STREAM,
  type Contract,
  REDRIVE_STREAM,
  advisoryDurable,
  durableName,
  exhaustedSubject,
  redriveDurable,
  redriveSubjects,
  streamName,
  topicSubjects,
} from '@meshboard/contracts'
import { AckPolicy, type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'

const ACK_WAIT_MS = 10_000
/** Above what a consumer may be told to try, so that it gives up itself, with a reason. */
const DELIVERIES_MAX = 128
/** Of all instances together; one has 64 in hand unless told otherwise. */
const IN_HAND_MAX = 1_000

/** What a service needs on the broker: its stream, and a durable for each of its consumers. */
export interface BrokerPlan {
  readonly contract: Contract | undefined
  readonly service: string
  readonly consumers: readonly { name: string; event: { name: string; topic: string } }[]
}

/** A durable that is to be made, and on which stream. */
export type NewDurable = {
  stream: string
  config: Partial<ConsumerConfig> & { durable_name: string }
}

/** The durables of a service: one for each consumer, and two for what comes by another way. */
export const durablesOf = ({ service, consumers }: BrokerPlan): NewDurable[] => {
  if (consumers.length === 0) return []
  const sourceOf = (name: string) => name.slice(0, name.indexOf('.'))
  return [
    ...consumers.map(({ name, event }) => ({
      stream: streamName(sourceOf(event.name)),
      config: {
        ...delivered,
        durable_name: durableName(service, name),
        filter_subject: topicSubjects(sourceOf(event.name), event.topic),
      },
    })),
    {
      stream: REDRIVE_STREAM.name,
      config: {
        ...delivered,
        durable_name: redriveDurable(service),
        filter_subject: redriveSubjects(service),
      },
    },
    {
      stream: ADVISORY_STREAM.name,
      config: {
        ...delivered,
        durable_name: advisoryDurable(service),
        filter_subjects: [
          ...consumers.map(({ name, event }) =>
            exhaustedSubject(streamName(sourceOf(event.name)), durableName(service, name)),
          ),
          exhaustedSubject(REDRIVE_STREAM.name, redriveDurable(service)),
        ],
      },
    },
  ]
}

const delivered = {
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  ack_wait: nanos(ACK_WAIT_MS),
  max_deliver: DELIVERIES_MAX,
  max_ack_pending: IN_HAND_MAX,
}
