import type { ConsumerConfig, StreamInfo } from '@nats-io/jetstream'
import { millis } from '@nats-io/transport-node'
import { differencesOf, settingsOf } from './differences.ts'
import type { NewDurable } from './durables.ts'
import type { BrokerChange, Leftover } from './provisioner.ts'
import type { WantedStream } from './streams.ts'

/** A durable as the broker has it. */
export interface FoundDurable {
  readonly stream: string
  readonly name: string
  readonly config: ConsumerConfig
}

/** The one key of a durable: two streams may have one of the same name. */
export const keyOf = ({ stream, config }: NewDurable): string => `${stream} ${config.durable_name}`

const DAY_MS = 24 * 60 * 60 * 1000

/** What is to be done to a stream, and what is left although it is asked for, since data would go. */
export const compareStream = (
  wanted: WantedStream,
  found: StreamInfo | undefined,
): { change: BrokerChange[]; leftovers: Leftover[] } => {
  const stream = wanted.name
  if (!found)
    return { change: [{ stream, act: 'make', settings: settingsOf(wanted) }], leftovers: [] }
  const settings = differencesOf(wanted, found.config)
  const shorter = settings.filter(({ setting }) => setting === 'max_age' && drops(wanted, found))
  const rest = settings.filter((one) => !shorter.includes(one))
  return {
    change: rest.length > 0 ? [{ stream, act: 'change', settings: rest }] : [],
    leftovers: shorter.map(() => ({
      stream,
      setting: 'max_age',
      to: wanted.max_age,
      why: `is to keep events for ${daysOf(wanted.max_age)} days, and holds older ones`,
    })),
  }
}

/** Whether something is stored that would be too old. */
const drops = ({ max_age: age = 0 }: WantedStream, { state }: StreamInfo): boolean =>
  age > 0 && state.messages > 0 && Date.parse(`${state.first_ts}`) < Date.now() - millis(age)

const daysOf = (age = 0): number => Math.round(millis(age) / DAY_MS)

/** What is to be done to a durable. */
export const compareDurable = (
  { stream, config }: NewDurable,
  found: FoundDurable | undefined,
): BrokerChange[] => {
  const durable = config.durable_name
  if (!found) return [{ stream, durable, act: 'make', settings: settingsOf(config) }]
  const settings = differencesOf(config, found.config)
  return settings.length > 0 ? [{ stream, durable, act: 'change', settings }] : []
}

/** Streams that nobody's plan has. */
export const unknownStreams = (
  wanted: ReadonlySet<string>,
  found: ReadonlyMap<string, StreamInfo>,
): Leftover[] =>
  [...found.values()]
    .filter(({ config }) => !wanted.has(config.name))
    .map(({ config, state }) => ({
      stream: config.name,
      why: `is in no contract, and holds ${state.messages} messages`,
    }))

/** Durables that nobody's plan has, of streams that somebody's has. */
export const unknownDurables = (
  wanted: ReadonlySet<string>,
  found: ReadonlyMap<string, FoundDurable>,
  streams: ReadonlySet<string>,
): Leftover[] =>
  [...found]
    .filter(([key, { stream }]) => !wanted.has(key) && streams.has(stream))
    .map(([, { stream, name }]) => ({
      stream,
      durable: name,
      why: 'is of no consumer, and knows how far one had come',
    }))

/** Why a stream cannot be made as small as that. */
export const tooSmall = (
  { name, max_bytes: bytesMax = 0 }: WantedStream,
  found: StreamInfo | undefined,
): string[] =>
  found && bytesMax > 0 && found.state.bytes > bytesMax
    ? [`${name} holds ${found.state.bytes} bytes and may keep ${bytesMax}: allow it more`]
    : []
