import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { ConsumerLag } from './consumer-lag.ts'
import type { DeathKind } from './dead-letters.ts'

/** What a service with consumers counts of its deliveries. */
export interface ConsumerMetrics {
  /** Deliveries that had been delivered before. */
  readonly redeliveries: Counter<'consumer'>
  readonly deadLetters: Counter<'consumer' | 'kind'>
  /** What the broker gave up: `stored`, `gone` or `passed`. */
  readonly advisories: Counter<'outcome'>
}

/** How one consumer stands. */
export interface ConsumerState {
  readonly lag: ConsumerLag
  /** Deliveries that wait to be tried again. */
  readonly held: () => number
}

interface Consumers {
  /** Of which there may be dead letters. */
  readonly names: readonly string[]
  /** Those that run, by name. */
  readonly states: ReadonlyMap<string, ConsumerState>
}

const KINDS: readonly DeathKind[] = ['undecodable', 'permanent', 'exhausted', 'crashed']
const GIVEN_UP = ['stored', 'gone', 'passed'] as const

/** Registers them, once a service. Counters begin at 0, so that the first of each is seen to rise. */
export const createConsumerMetrics = (
  registry: Registry,
  { names, states }: Consumers,
): ConsumerMetrics => {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = (name: string, help: string, look: (state: ConsumerState) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['consumer'], registers },
      collect() {
        for (const [consumer, state] of states) this.set({ consumer }, look(state))
      },
    })
  gauge('mesh_deliveries_held', 'Deliveries that wait in hand.', ({ held }) => held())
  gauge('mesh_consumer_pending', 'Events not yet delivered.', ({ lag }) => lag.pending)
  gauge('mesh_consumer_lag_seconds', 'How long the oldest of them waits.', ({ lag }) => lag.seconds)
  const deadLetters = counter('mesh_dead_letters_total', 'Events given up.', ['consumer', 'kind'])
  for (const consumer of names) for (const kind of KINDS) deadLetters.inc({ consumer, kind }, 0)
  const advisories = counter('mesh_advisories_total', 'Given up by the broker.', ['outcome'])
  for (const outcome of GIVEN_UP) advisories.inc({ outcome }, 0)
  return {
    redeliveries: counter('mesh_redeliveries_total', 'Deliveries again.', ['consumer']),
    deadLetters,
    advisories,
  }
}
