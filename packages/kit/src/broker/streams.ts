import {
  type Contract,
  DEAD_STREAM,
  REPUBLISH,
  durableName,
  eventSubjects,
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
const ADVISORY_STREAM = 'ADVISORY'

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
    const streams = [...plans.flatMap(eventStreams), deadStream(), advisoryStream()]
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

const kept = {
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  allow_direct: true,
  deny_delete: true,
  deny_purge: true,
}

const eventStreams = ({ contract }: BrokerPlan): NewStream[] => {
  const days = Object.values(contract?.events ?? {}).map((event) => event.keepDays)
  if (!contract || days.length === 0) return []
  return [
    {
      ...kept,
      name: streamName(contract.name),
      subjects: [eventSubjects(contract.name)],
      max_age: nanos(Math.max(...days) * DAY_MS),
      republish: REPUBLISH,
      metadata: {
        'meshboard.contract': `${contract.name}@${contract.version}`,
        'meshboard.owner': contract.owner,
      },
    },
  ]
}

const deadStream = (): NewStream => ({
  ...kept,
  deny_delete: false,
  name: DEAD_STREAM.name,
  subjects: [DEAD_STREAM.subjects],
  max_age: nanos(30 * DAY_MS),
})

/** Tells of deliveries that were given up by the broker itself; a plain publish nobody else keeps. */
const advisoryStream = (): NewStream => ({
  ...kept,
  name: ADVISORY_STREAM,
  subjects: [
    '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>',
    '$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>',
  ],
  max_age: nanos(30 * DAY_MS),
})

const durablesOf = ({
  service,
  consumers,
}: BrokerPlan): { stream: string; config: Partial<ConsumerConfig> }[] =>
  consumers.map(({ name, event }) => {
    const source = event.name.slice(0, event.name.indexOf('.'))
    return {
      stream: streamName(source),
      config: {
        durable_name: durableName(service, name),
        filter_subject: topicSubjects(source, event.topic),
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: nanos(ACK_WAIT_MS),
        max_deliver: DELIVERIES_MAX,
        max_ack_pending: 1_000,
      },
    }
  })

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
  config: Partial<ConsumerConfig>,
): Promise<void> => {
  try {
    await manager.consumers.update(stream, config.durable_name ?? '', config)
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
