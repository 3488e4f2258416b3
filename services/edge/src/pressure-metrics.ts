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
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const looked = (name: string, help: string, look: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(look())
      },
    })
  looked('edge_outbound_bytes', 'Bytes that wait for all sockets together.', () => budget.bytes)
  looked('edge_outbound_budget_bytes', 'Beyond these, sockets close.', () => budget.bytesMax)
  return {
    lagging: new Gauge({
      name: 'edge_lagging_subscriptions',
      help: 'Subscriptions that read on from the stream until their client has caught up.',
      registers,
    }),
    spills: counter('edge_spills_total', 'Times a subscription went on from the stream.'),
    leftOut: counter('edge_events_left_out_total', 'Events a client behind did not get.', [
      'class',
    ]),
    limits: counter('edge_limits_reached_total', 'Limits that were reached.', ['limit']),
  }
}
