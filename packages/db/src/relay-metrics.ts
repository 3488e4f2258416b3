import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** What is measured of an outbox, by the process that relays it. */
export interface RelayMetrics {
  /** 1 in the process that relays. */
  readonly leads: Gauge
  readonly unsent: Gauge
  readonly oldestUnsent: Gauge
  readonly heldKeys: Gauge
  /** `stored`, `duplicate`, `refused` for good, or `failed`. */
  readonly published: Counter<'outcome'>
}

/** Registers them, once a service. */
export const createRelayMetrics = (registry: Registry): RelayMetrics => {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] })
  return {
    leads: gauge('mesh_outbox_leads', 'Whether this process relays.'),
    unsent: gauge('mesh_outbox_unsent', 'Events in the outbox that the stream does not have.'),
    oldestUnsent: gauge('mesh_outbox_oldest_unsent_seconds', 'Age of the oldest of them.'),
    heldKeys: gauge('mesh_outbox_held_keys', 'Keys whose next event the stream refuses.'),
    published: new Counter({
      name: 'mesh_outbox_published_total',
      help: 'Events given to the stream.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
  }
}
