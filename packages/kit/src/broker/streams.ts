import {
  ADVISORY_STREAM,
  AUDIT_STREAM,
  DEAD_STREAM,
  REDRIVE_STREAM,
  REPUBLISH,
  eventSubjects,
  streamName,
} from '@meshboard/contracts'
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { BrokerPlan } from './durables.ts'

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
  /** The same for single streams, by name. */
  bytesMaxOf?: Readonly<Record<string, number>>
  /** Takes settings that can lose what was acknowledged: for a broker that is thrown away. */
  acceptsLoss?: boolean
}

/** A stream that is to be there, with every setting that is the mesh's to decide. */
export type WantedStream = Partial<StreamConfig> & { name: string; subjects: string[] }

const DAY_MS = 24 * 60 * 60 * 1000
const DEDUPE_MS = 10 * 60 * 1000
const BYTES_MAX = 64 << 20

/** Every stream that the plans need, and the mesh's own. Throws when `bytesMaxOf` names another. */
export const streamsOf = (
  plans: readonly BrokerPlan[],
  settings: StreamSettings,
): WantedStream[] => {
  const { replicas, dedupeMs = DEDUPE_MS, bytesMax = BYTES_MAX, bytesMaxOf = {} } = settings
  const streams = [...plans.flatMap(eventStreams), ...OWN_STREAMS]
  const unknown = Object.keys(bytesMaxOf).filter(
    (name) => !streams.some((stream) => stream.name === name),
  )
  if (unknown.length > 0) throw new Error(`there is no stream ${unknown.join(', ')} to bound`)
  return streams.map((stream) => ({
    ...stream,
    num_replicas: replicas,
    duplicate_window: nanos(dedupeMs),
    max_bytes: bytesMaxOf[stream.name] ?? bytesMax,
  }))
}

const keptFor = (days: number) => ({
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  allow_direct: true,
  deny_delete: true,
  deny_purge: true,
  max_age: nanos(days * DAY_MS),
})

const eventStreams = ({ contract }: BrokerPlan): WantedStream[] => {
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
const OWN_STREAMS: WantedStream[] = [
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
