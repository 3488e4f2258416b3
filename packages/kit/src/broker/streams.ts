import {
  ADVISORY_STREAM,
  AUDIT_STREAM,
  type Contract,
  DEAD_STREAM,
  REDRIVE_STREAM,
  REPUBLISH,
  advisoryDurable,
  durableName,
  eventSubjects,
  exhaustedSubject,
  redriveDurable,
  redriveSubjects,
  streamName,
  topicSubjects,
} from '@meshboard/contracts'
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  jetstreamManager,
} from '@nats-io/jetstream'
import { connect, nanos } from '@nats-io/transport-node'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'

/** What a service needs on the broker: its stream, and a durable for each of its consumers. */
export interface BrokerPlan {
  readonly contract: Contract | undefined
  readonly service: string
  readonly consumers: readonly { name: string; event: { name: string; topic: string } }[]
}

/** How streams are kept. */
export interface StreamSettings {
  /** Copies of each stream, 1, 3 or 5. */
  replicas: number
  /** How long a stream knows the ids it has stored, milliseconds; ten minutes when not given. */
  dedupeMs?: number
}

const DAY_MS = 24 * 60 * 60 * 1000
const DEDUPE_MS = 10 * 60 * 1000
const ACK_WAIT_MS = 10_000
const DELIVERIES_MAX = 10_000

/**
 * Makes or updates every stream and durable of the plans; deletes nothing. Safe to repeat. Gives
 * the counts of both.
 */
export const provision = async (
  options: Omit<BrokerOptions, 'onFault'>,
  plans: readonly BrokerPlan[],
  settings: StreamSettings,
): Promise<{ streams: number; consumers: number }> => {
  const connection = await connect(connectionOptions(options))
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false })
    const streams = [...plans.flatMap(eventStreams), ...OWN_STREAMS]
    const common = {
      num_replicas: settings.replicas,
      duplicate_window: nanos(settings.dedupeMs ?? DEDUPE_MS),
    }
    for (const stream of streams) await upsertStream(manager, { ...stream, ...common })
    const durables = plans.flatMap(durablesOf)
    for (const { stream, config } of durables) await upsertConsumer(manager, stream, config)
    return { streams: streams.length, consumers: durables.length }
  } finally {
    await connection.close()
  }
}

type NewStream = Partial<StreamConfig> & { name: string; subjects: string[] }

const keptFor = (days: number) => ({
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  allow_direct: true,
  deny_delete: true,
  deny_purge: true,
  max_age: nanos(days * DAY_MS),
})

const eventStreams = ({ contract }: BrokerPlan): NewStream[] => {
  const days = Object.values(contract?.events ?? {}).map((event) => event.keepDays)
  if (!contract || days.length === 0) return []
  return [
    {
      ...keptFor(Math.max(...days)),
      name: streamName(contract.name),
      subjects: [eventSubjects(contract.name)],
      republish: REPUBLISH,
      metadata: {
        'meshboard.contract': `${contract.name}@${contract.version}`,
        'meshboard.owner': contract.owner,
      },
    },
  ]
}

/** The mesh's own: what failed, what is to be taken again, what was given up, who did what. */
const OWN_STREAMS: NewStream[] = [
  { ...keptFor(30), deny_delete: false, name: DEAD_STREAM.name, subjects: [DEAD_STREAM.subjects] },
  { ...keptFor(30), name: REDRIVE_STREAM.name, subjects: [REDRIVE_STREAM.subjects] },
  { ...keptFor(30), name: ADVISORY_STREAM.name, subjects: [...ADVISORY_STREAM.subjects] },
  { ...keptFor(365), name: AUDIT_STREAM.name, subjects: [AUDIT_STREAM.subjects] },
]

type NewDurable = { stream: string; config: Partial<ConsumerConfig> & { durable_name: string } }

const durablesOf = ({ service, consumers }: BrokerPlan): NewDurable[] => {
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
  max_ack_pending: 1_000,
}

const upsertStream = async (manager: JetStreamManager, config: NewStream): Promise<void> => {
  try {
    await manager.streams.update(config.name, config)
  } catch (error) {
    if (!isMissing(error)) throw error
    await manager.streams.add(config)
  }
}

const upsertConsumer = async (
  manager: JetStreamManager,
  stream: string,
  config: NewDurable['config'],
): Promise<void> => {
  try {
    await manager.consumers.update(stream, config.durable_name, config)
  } catch (error) {
    if (!isMissing(error)) throw error
    await manager.consumers.add(stream, config)
  }
}

const STREAM_NOT_FOUND = 10_059
const CONSUMER_NOT_FOUND = 10_014
const CONSUMER_DOES_NOT_EXIST = 10_149

const isMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError &&
  [STREAM_NOT_FOUND, CONSUMER_NOT_FOUND, CONSUMER_DOES_NOT_EXIST].includes(error.code)
