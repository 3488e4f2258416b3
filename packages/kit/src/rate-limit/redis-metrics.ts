import { Counter, Gauge, Registry } from '@prometheus-io/client'

/** Which store a limiter has asked: Redis, for all instances, or this process alone. */
export type Store = 'redis' | 'process'

/** What is measured of the Redis of one process. */
export interface RedisMetrics {
  /** Shows a limiter of that name, with both stores at 0. */
  readonly known: (limit: string) => void
  /** Counts an answer of the limiter of that name. */
  readonly answered: (limit: string, store: Store) => void
}

/** Registers the measurements; without a registry they are taken and seen by nobody. */
export const createRedisMetrics = ({
  registry = new Registry(),
  usable,
  mayEvict,
}: {
  registry?: Registry | undefined
  usable: () => boolean
  mayEvict: () => boolean
}): RedisMetrics => {
  const registers = [registry]
  const state = (name: string, help: string, holds: () => boolean) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(holds() ? 1 : 0)
      },
    })
  state('mesh_redis_usable', 'Whether Redis is connected and answers in time.', usable)
  state('mesh_redis_may_evict', 'Whether Redis may drop counts when its memory is full.', mayEvict)
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
  }
}
