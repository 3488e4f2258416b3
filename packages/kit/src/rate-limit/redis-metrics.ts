import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'

/** Which store a limiter has asked: Redis, for all instances, or this process alone. */
export type Store = 'redis' | 'process'

/** What is measured of the Redis of one process. */
export interface RedisMetrics {
  /** Shows a limiter of that name, with both stores at 0. */
  readonly known: (limit: string) => void
  /** Counts an answer of the limiter of that name. */
  readonly answered: (limit: string, store: Store) => void
  /** A command was answered, or not. */
  readonly commanded: (seconds: number, outcome: 'ok' | 'failed') => void
}

/** How often a Redis had what it was asked for, since it started, whoever asked. */
export interface Lookups {
  readonly found: number
  readonly missed: number
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1]

interface Looked {
  readonly usable: () => boolean
  readonly mayEvict: () => boolean
  /** Nothing when it cannot be asked. */
  readonly lookups: () => Promise<Lookups | undefined>
}

/** Registers the measurements; without a registry they are taken and seen by nobody. */
export const createRedisMetrics = ({
  registry = new Registry(),
  ...looked
}: Looked & { registry?: Registry | undefined }): RedisMetrics => {
  const registers = [registry]
  registerLooked(registry, looked)
  const durations = new Histogram({
    name: 'mesh_redis_command_duration_seconds',
    help: 'Commands to Redis.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  })
  const answers = new Counter({
    name: 'mesh_limit_answers_total',
    help: 'Answers of limiters.',
    labelNames: ['limit', 'store'],
    registers,
  })
  return {
    known(limit) {
      for (const store of ['redis', 'process']) answers.inc({ limit, store }, 0)
    },
    answered: (limit, store) => answers.inc({ limit, store }),
    commanded: (seconds, outcome) => durations.observe({ outcome }, seconds),
  }
}

const registerLooked = (registry: Registry, { usable, mayEvict, lookups }: Looked): void => {
  const state = (name: string, help: string, holds: () => boolean) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(holds() ? 1 : 0)
      },
    })
  state('mesh_redis_usable', 'Whether Redis is connected and answers in time.', usable)
  state('mesh_redis_may_evict', 'Whether Redis may drop counts when its memory is full.', mayEvict)
  new Counter({
    name: 'mesh_redis_lookups_total',
    help: 'Keys that Redis was asked for.',
    labelNames: ['outcome'],
    registers: [registry],
    async collect() {
      const looked = await lookups()
      this.reset()
      if (!looked) return
      this.inc({ outcome: 'found' }, looked.found)
      this.inc({ outcome: 'missed' }, looked.missed)
    },
  })
}
