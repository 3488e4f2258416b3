import {
  JetStreamApiError,
  type JetStreamManager,
  type StreamInfo,
  jetstreamManager,
} from '@nats-io/jetstream'
import { type NatsConnection, connect } from '@nats-io/transport-node'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'
import {
  type FoundDurable,
  compareDurable,
  compareStream,
  keyOf,
  tooSmall,
  unknownDurables,
  unknownStreams,
} from './comparison.ts'
import { dangersOf } from './dangers.ts'
import type { SettingChange } from './differences.ts'
import { type BrokerPlan, durablesOf } from './durables.ts'
import { type StreamHealth, healthOf } from './stream-health.ts'
import { type StreamSettings, streamsOf } from './streams.ts'

/** A stream, or a durable of it. */
export interface Place {
  readonly stream: string
  readonly durable?: string
}

/** Something that is to be made, or to be kept in another way. */
export interface BrokerChange extends Place {
  readonly act: 'make' | 'change'
  /** What is set; of a change, what is not so already. */
  readonly settings: readonly SettingChange[]
}

/** What is there and would take data with it: it stays until somebody asks for it to go. */
export interface Leftover extends Place {
  /** Set when not all of it goes, but what this setting would drop. */
  readonly setting?: string
  readonly to?: unknown
  /** What it is, and what would go with it. */
  readonly why: string
}

/** What is there against what is to be there. */
export interface BrokerDifference {
  readonly changes: readonly BrokerChange[]
  /** In no plan. Left alone. */
  readonly leftovers: readonly Leftover[]
  /** Why this must not be done: a sentence each, with what to do. */
  readonly refusals: readonly string[]
  /** What the plans need in all. */
  readonly asked: { readonly streams: number; readonly consumers: number }
}

/** Who makes and changes streams and durables. Everything fails with an `Error` that says why. */
export interface Provisioner {
  /** Whether the broker is several servers. */
  readonly isCluster: boolean
  /** Compares, and changes nothing. */
  look(plans: readonly BrokerPlan[], settings: StreamSettings): Promise<BrokerDifference>
  /** Does what `look` found, in its order; leaves leftovers alone. Throws with the first refusal. */
  apply(difference: BrokerDifference): Promise<void>
  /** Deletes a leftover with all it holds, or what its setting drops. Throws where the broker lets nobody. */
  remove(leftover: Leftover): Promise<void>
  /** How each stream that is there does. */
  health(): Promise<StreamHealth[]>
  close(): Promise<void>
}

/** Connects as the provisioner. Closed by who opened it. */
export const connectProvisioner = async (
  options: Omit<BrokerOptions, 'onFault'>,
): Promise<Provisioner> => {
  const connection = await connect({ ...connectionOptions(options), maxReconnectAttempts: 20 })
  return new NatsProvisioner(connection, await jetstreamManager(connection, { checkAPI: false }))
}

/**
 * Makes or updates every stream and durable of the plans; deletes nothing. Safe to repeat. Gives
 * the counts of both. Throws, having changed nothing, when that could lose what was acknowledged or
 * a stream holds more than it may keep.
 */
export const provision = async (
  options: Omit<BrokerOptions, 'onFault'>,
  plans: readonly BrokerPlan[],
  settings: StreamSettings,
): Promise<{ streams: number; consumers: number }> => {
  const provisioner = await connectProvisioner(options)
  try {
    const difference = await provisioner.look(plans, settings)
    await provisioner.apply(difference)
    return difference.asked
  } finally {
    await provisioner.close()
  }
}

class NatsProvisioner implements Provisioner {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager

  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection
    this.#manager = manager
  }

  get isCluster(): boolean {
    return this.#connection.info?.cluster !== undefined
  }

  async look(plans: readonly BrokerPlan[], settings: StreamSettings): Promise<BrokerDifference> {
    const wanted = streamsOf(plans, settings)
    const durables = plans.flatMap(durablesOf)
    const found = await this.#streams()
    const made = await this.#durables([...found.keys()])
    const streams = wanted.map((stream) => compareStream(stream, found.get(stream.name)))
    const names = new Set(wanted.map(({ name }) => name))
    return {
      changes: [
        ...streams.flatMap(({ change }) => change),
        ...durables.flatMap((durable) => compareDurable(durable, made.get(keyOf(durable)))),
      ],
      leftovers: [
        ...streams.flatMap(({ leftovers }) => leftovers),
        ...unknownStreams(names, found),
        ...unknownDurables(new Set(durables.map(keyOf)), made, names),
      ],
      refusals: wanted.flatMap((stream) => [
        ...(settings.acceptsLoss ? [] : dangersOf(stream, this)),
        ...tooSmall(stream, found.get(stream.name)),
      ]),
      asked: { streams: wanted.length, consumers: durables.length },
    }
  }

  async apply({ refusals, changes }: BrokerDifference): Promise<void> {
    if (refusals.length > 0) throw new Error(refusals.join('\n'))
    for (const change of changes) await this.#do(change)
  }

  async #do({ stream, durable, act, settings }: BrokerChange): Promise<void> {
    const { streams, consumers } = this.#manager
    const config = Object.fromEntries(settings.map(({ setting, to }) => [setting, to]))
    if (durable === undefined) {
      if (act === 'make') await streams.add({ ...config, name: stream })
      else await streams.update(stream, config)
      return
    }
    if (act === 'make') await consumers.add(stream, { ...config, durable_name: durable })
    else await consumers.update(stream, durable, config)
  }

  async remove({ stream, durable, setting, to }: Leftover): Promise<void> {
    const { streams, consumers } = this.#manager
    if (setting !== undefined) return void (await streams.update(stream, { [setting]: to }))
    try {
      await (durable === undefined ? streams.delete(stream) : consumers.delete(stream, durable))
    } catch (error) {
      if (error instanceof JetStreamApiError) throw error
      throw new Error(
        `the broker lets nobody delete ${durable ?? stream}: name it among the retired, and load the permissions that follow from that`,
        { cause: error },
      )
    }
  }

  async health(): Promise<StreamHealth[]> {
    return [...(await this.#streams()).values()].map((info) => healthOf(info, this))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #streams(): Promise<Map<string, StreamInfo>> {
    const found = new Map<string, StreamInfo>()
    for await (const info of this.#manager.streams.list()) found.set(info.config.name, info)
    return found
  }

  async #durables(streams: readonly string[]): Promise<Map<string, FoundDurable>> {
    const found = new Map<string, FoundDurable>()
    for (const stream of streams)
      for await (const { name, config } of this.#manager.consumers.list(stream))
        if (config.durable_name !== undefined)
          found.set(`${stream} ${name}`, { stream, name, config })
    return found
  }
}
