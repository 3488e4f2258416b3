import {
  ADVISORY_STREAM,
  AUDIT_STREAM,
  DEAD_STREAM,
  REDRIVE_STREAM,
  REPUBLISH,
  eventSubjects,
  streamName,
} from '@meshboard/contracts'
import {
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
import { type BrokerPlan, type NewDurable, durablesOf } from './durables.ts'

/** How streams are kept. */
export interface StreamSettings {
  /** Copies of each stream, 1, 3 or 5. */
  replicas: number
  /** How long a stream knows the ids it has stored, milliseconds; ten minutes when not given. */
  dedupeMs?: number
  /**
   * Bytes that each stream may keep; the broker reserves them on its disk. A stream that is full takes
   * nothing more, so that nothing it has acknowledged is dropped: outboxes grow, dead letters wait in
   * hand. Only the broker's own advisories push out the oldest. 64 MiB when not given.
   */
  bytesMax?: number
}

const DAY_MS = 24 * 60 * 60 * 1000
const DEDUPE_MS = 10 * 60 * 1000
const BYTES_MAX = 64 << 20

/**
 * Makes or updates every stream and durable of the plans; deletes nothing. Safe to repeat. Gives
 * the counts of both. Throws when a stream holds more than it may keep.
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
      max_bytes: settings.bytesMax ?? BYTES_MAX,
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
  discard: DiscardPolicy.New,
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
  {
    ...keptFor(30),
    discard: DiscardPolicy.Old,
    name: ADVISORY_STREAM.name,
    subjects: [...ADVISORY_STREAM.subjects],
  },
  { ...keptFor(365), name: AUDIT_STREAM.name, subjects: [AUDIT_STREAM.subjects] },
]

const upsertStream = async (manager: JetStreamManager, config: NewStream): Promise<void> => {
  try {
    const { state } = await manager.streams.info(config.name)
    if (state.bytes > (config.max_bytes ?? Number.POSITIVE_INFINITY))
      throw new Error(
        `${config.name} holds ${state.bytes} bytes and may keep ${config.max_bytes}: allow it more`,
      )
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
