import { type Panel, series } from '../grafana.ts'
import { type Labels, of, quantile, rate } from '../promql.ts'
import { type PanelOf, WINDOW } from './calls.ts'

const outboxAge: PanelOf = (labels) =>
  series({
    title: 'Outbox: age',
    description:
      'Age of the oldest event that its stream does not have. More than a minute wakes somebody.',
    unit: 's',
    badFrom: 60,
    queries: [
      {
        expr: `max by (service) (${of('mesh_outbox_oldest_unsent_seconds', labels)})`,
        legend: '{{service}}',
      },
    ],
  })

const outboxUnsent: PanelOf = (labels) =>
  series({
    title: 'Outbox: unsent',
    description: 'Events that wait to be sent, and keys that the stream refuses.',
    unit: 'short',
    queries: [
      { expr: `max by (service) (${of('mesh_outbox_unsent', labels)})`, legend: '{{service}}' },
      {
        expr: `max by (service) (${of('mesh_outbox_held_keys', labels)})`,
        legend: '{{service}} keys held',
      },
    ],
  })

const published: PanelOf = (labels) =>
  series({
    title: 'Events published',
    description: 'Events given to streams a second, by what became of them.',
    unit: 'ops',
    queries: [
      {
        expr: rate(of('mesh_outbox_published_total', labels), WINDOW, 'service, outcome'),
        legend: '{{service}} {{outcome}}',
      },
    ],
  })

const streamsFull: PanelOf = (labels) =>
  series({
    title: 'Streams: how full',
    description: 'Bytes held of those a stream may hold. Full it takes nothing more.',
    unit: 'percentunit',
    badFrom: 0.75,
    queries: [
      {
        expr: `max by (stream) (${of('mesh_stream_bytes', labels)} / (${of('mesh_stream_bytes_max', labels)} > 0))`,
        legend: '{{stream}}',
      },
    ],
  })

/** Events on their way out: outboxes and streams. */
export const outboxPanels = (labels: Labels = {}): Panel[] =>
  [outboxAge, outboxUnsent, published, streamsFull].map((panel) => panel(labels))

const lag: PanelOf = (labels) =>
  series({
    title: 'Consumers: lag',
    description: 'How long the oldest event waits that a consumer has not been given.',
    unit: 's',
    badFrom: 60,
    queries: byConsumer('min', of('mesh_consumer_lag_seconds', labels)),
  })

const pending: PanelOf = (labels) =>
  series({
    title: 'Consumers: pending',
    description: 'Events that a consumer has not been given.',
    unit: 'short',
    queries: byConsumer('max', of('mesh_consumer_pending', labels)),
  })

const deliveries: PanelOf = (labels) =>
  series({
    title: 'Deliveries',
    description: 'Events handled a second, by consumer.',
    unit: 'ops',
    queries: [
      {
        expr: rate(of('mesh_delivery_duration_seconds_count', labels), WINDOW, 'service, consumer'),
        legend: '{{service}}.{{consumer}}',
      },
    ],
  })

const deliveriesP99: PanelOf = (labels) =>
  series({
    title: 'Deliveries: p99',
    description: 'One event of a hundred takes longer to be handled.',
    unit: 's',
    queries: [
      {
        expr: quantile(0.99, {
          buckets: of('mesh_delivery_duration_seconds_bucket', labels),
          window: WINDOW,
          by: 'service, consumer',
        }),
        legend: '{{service}}.{{consumer}}',
      },
    ],
  })

const again: PanelOf = (labels) =>
  series({
    title: 'Deliveries again, and held',
    description: 'Redeliveries a second, and events that wait in hand since something is away.',
    unit: 'short',
    queries: [
      {
        expr: rate(of('mesh_redeliveries_total', labels), WINDOW, 'service, consumer'),
        legend: '{{service}}.{{consumer}} again',
      },
      ...byConsumer('sum', of('mesh_deliveries_held', labels), ' held'),
    ],
  })

const deadLetters: PanelOf = (labels) =>
  series({
    title: 'Dead letters',
    description: 'Events given up within 15 minutes. Each wants to be looked at: mesh dead ls.',
    unit: 'short',
    badFrom: 1,
    queries: [
      {
        expr: `sum by (service, consumer, kind) (increase(${of('mesh_dead_letters_total', labels)}[15m]))`,
        legend: '{{service}}.{{consumer}} {{kind}}',
      },
    ],
  })

/** Events on their way in: consumers. */
export const consumerPanels = (labels: Labels = {}): Panel[] =>
  [lag, pending, deliveries, deliveriesP99, again, deadLetters].map((panel) => panel(labels))

const byConsumer = (...[fold, expr, ending = '']: [string, string, string?]) => [
  { expr: `${fold} by (service, consumer) (${expr})`, legend: `{{service}}.{{consumer}}${ending}` },
]
