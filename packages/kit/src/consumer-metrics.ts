import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** What a service with consumers counts of its deliveries. */
export interface ConsumerMetrics {
  /** Events stored that the consumer has not been given. */
  readonly pending: Gauge<'consumer'>
  /** Deliveries that had been delivered before. */
  readonly redeliveries: Counter<'consumer'>
  readonly deadLetters: Counter<'consumer' | 'kind'>
  /** What the broker gave up: `stored`, `gone` or `passed`. */
  readonly advisories: Counter<'outcome'>
}

/** Registers them, once a service; `held` gives how many deliveries wait to be tried again. */
export const createConsumerMetrics = (
  registry: Registry,
  held: () => readonly { consumer: string; held: number }[],
): ConsumerMetrics => {
  const registers = [registry]
  const labelNames = ['consumer'] as const
  const counter = <L extends string>(name: string, help: string, labels: L[]) =>
    new Counter({ name, help, labelNames: labels, registers })
  new Gauge({
    ...{
      name: 'mesh_deliveries_held',
      help: 'Deliveries that wait in hand.',
      labelNames,
      registers,
    },
    collect() {
      for (const one of held()) this.set({ consumer: one.consumer }, one.held)
    },
  })
  return {
    pending: new Gauge({
      ...{
        name: 'mesh_consumer_pending',
        help: 'Events not yet delivered.',
        labelNames,
        registers,
      },
    }),
    redeliveries: counter('mesh_redeliveries_total', 'Deliveries again.', ['consumer']),
    deadLetters: counter('mesh_dead_letters_total', 'Events given up.', ['consumer', 'kind']),
    advisories: counter('mesh_advisories_total', 'Given up by the broker.', ['outcome']),
  }
}
