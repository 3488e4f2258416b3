import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { OutboundBudget } from './outbound-budget.ts'

/** What the edge counts of clients that fall behind, and of limits that are reached. */
export interface PressureMetrics {
  readonly lagging: Gauge
  readonly spills: Counter
  readonly leftOut: Counter<'class'>
  /** Limits that no close code and no refused upgrade tells of. */
  readonly limits: Counter<'limit'>
}

export const createPressureMetrics = (
  registry: Registry,
  budget: OutboundBudget,
): PressureMetrics => {
  const registers = [registry]
  new Gauge({
    name: 'edge_outbound_bytes',
    help: 'Bytes that wait for all sockets together.',
    registers,
    collect() {
      this.set(budget.bytes)
    },
  })
  return {
    lagging: new Gauge({
      name: 'edge_lagging_subscriptions',
      help: 'Subscriptions that read on from the stream until their client has caught up.',
      registers,
    }),
    spills: new Counter({
      name: 'edge_spills_total',
      help: 'Times a subscription went on from the stream for want of room.',
      registers,
    }),
    leftOut: new Counter({
      name: 'edge_events_left_out_total',
      help: 'Events that a client which is behind did not get.',
      labelNames: ['class'],
      registers,
    }),
    limits: new Counter({
      name: 'edge_limits_reached_total',
      help: 'Requests and sockets that met a limit.',
      labelNames: ['limit'],
      registers,
    }),
  }
}
