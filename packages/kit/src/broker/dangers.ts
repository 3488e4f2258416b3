import { ADVISORY_STREAM, AUDIT_STREAM, DEAD_STREAM } from '@meshboard/contracts'
import {
  DiscardPolicy,
  PersistMode,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { INBOX_KEPT_DAYS, OUTBOX_KEPT_DAYS } from '../kept.ts'

/** How a stream is kept, or is to be; what is left out is as the broker has it by default. */
export type KeptAs = Partial<StreamConfig> & { readonly name: string }

interface Danger {
  /** Whether this way of keeping a stream can lose, or count twice, what was acknowledged. */
  readonly holds: (stream: KeptAs, isCluster: boolean) => boolean
  readonly why: string
}

const DAY_MS = 24 * 60 * 60 * 1000
const isUnlimited = (value: number | undefined): boolean => value === undefined || value <= 0
const daysOf = ({ max_age: age }: KeptAs): number =>
  isUnlimited(age) ? Number.POSITIVE_INFINITY : (age ?? 0) / nanos(DAY_MS)
/** What nobody consumes cannot count twice. */
const isConsumed = ({ name }: KeptAs): boolean =>
  name !== AUDIT_STREAM.name && name !== DEAD_STREAM.name

const DANGERS: readonly Danger[] = [
  {
    holds: ({ num_replicas: copies = 1 }, isCluster) => isCluster && copies < 3,
    why: 'has fewer than 3 copies in a cluster: with one server, or its disk, goes what it has acknowledged. Set STREAM_REPLICAS=3',
  },
  {
    holds: (stream) => daysOf(stream) < OUTBOX_KEPT_DAYS,
    why: `forgets events (max_age) before outboxes do (${OUTBOX_KEPT_DAYS} days): a consumer that is away so long never sees them. Keep them longer`,
  },
  {
    holds: (stream) => isConsumed(stream) && daysOf(stream) > INBOX_KEPT_DAYS,
    why: `keeps events (max_age) longer than inboxes know them (${INBOX_KEPT_DAYS} days): one that comes again counts twice. Keep them for less`,
  },
  {
    holds: ({ max_bytes: bytes }) => isUnlimited(bytes),
    why: 'has no max_bytes: it fills the disk, and then every stream of the server takes nothing more. Set STREAM_BYTES_MAX',
  },
  {
    holds: ({ storage }) => storage === StorageType.Memory,
    why: 'is in memory (storage): what it has acknowledged is gone when the server restarts. Make it anew on file',
  },
  {
    holds: ({ retention }) => retention !== undefined && retention !== RetentionPolicy.Limits,
    why: 'takes out what was read (retention): messages have been lost that way, and nobody can read them again. Make it anew with limits',
  },
  {
    holds: ({ name, discard }) => discard !== DiscardPolicy.New && name !== ADVISORY_STREAM.name,
    why: 'drops the oldest when it is full (discard): that was acknowledged, and perhaps not consumed. It must refuse the new',
  },
  {
    holds: ({ max_msgs: all, max_msgs_per_subject: each }) =>
      !isUnlimited(all) || !isUnlimited(each),
    why: 'drops by count (max_msgs, max_msgs_per_subject): what goes was acknowledged. Bound it by bytes',
  },
  {
    holds: ({ deny_purge: denied }) => denied !== true,
    why: 'may be purged (deny_purge): one request takes away all it holds. Forbid it',
  },
  {
    holds: ({ name, deny_delete: denied }) => denied !== true && name !== DEAD_STREAM.name,
    why: 'lets single messages be deleted (deny_delete): a hole in what was acknowledged. Forbid it',
  },
  {
    holds: ({ no_ack: silent }) => silent === true,
    why: 'acknowledges nothing (no_ack): a relay cannot know what was stored. Let it answer',
  },
  {
    holds: ({ persist_mode: mode }) => mode === PersistMode.Async,
    why: 'acknowledges before it has written (persist_mode): what the server had in hand goes with it. Make it anew',
  },
]

/**
 * Why this way of keeping a stream can lose events it has acknowledged, or count them twice: a
 * sentence each that begins with its name and ends with what to do. None for a safe one.
 */
export const dangersOf = (stream: KeptAs, { isCluster }: { isCluster: boolean }): string[] =>
  DANGERS.filter(({ holds }) => holds(stream, isCluster)).map(({ why }) => `${stream.name} ${why}.`)
