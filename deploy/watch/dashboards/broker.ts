import { type Dashboard, series } from '../grafana.ts'
import { rate } from '../promql.ts'
import { WINDOW } from './calls.ts'
import { consumerPanels, outboxPanels } from './events.ts'

const links = [
  series({
    title: 'Connections to the broker',
    description: 'The least of each service: 0 when one of its processes has none.',
    unit: 'none',
    queries: [{ expr: 'min by (service) (mesh_broker_connected)', legend: '{{service}}' }],
  }),
  series({
    title: 'Messages',
    description: 'What goes through the mesh a second: calls, events stored, deliveries, pushes.',
    unit: 'ops',
    queries: [
      { expr: rate('mesh_client_call_duration_seconds_count', WINDOW), legend: 'calls' },
      { expr: rate('mesh_outbox_published_total', WINDOW), legend: 'events stored' },
      { expr: rate('mesh_delivery_duration_seconds_count', WINDOW), legend: 'deliveries' },
      { expr: rate('edge_event_watchers_total', WINDOW), legend: 'pushes' },
    ],
  }),
  series({
    title: 'Attempts made again',
    description: 'Calls that were tried once more, by cause. A broker that moves shows here first.',
    unit: 'ops',
    queries: [
      { expr: rate('mesh_client_retries_total', WINDOW, 'cause'), legend: '{{cause}}' },
      { expr: rate('mesh_client_calls_cancelled_total', WINDOW), legend: 'given up' },
    ],
  }),
  series({
    title: 'Breakers',
    description: 'Whether calls get through: 0 all, 1 one to see, 2 none.',
    unit: 'none',
    queries: [
      {
        expr: 'max by (service, procedure) (mesh_client_breaker_state) > 0',
        legend: '{{service}} to {{procedure}}',
      },
    ],
  }),
  series({
    title: 'Streams: messages',
    description: 'Messages that streams hold.',
    unit: 'short',
    queries: [{ expr: 'max by (stream) (mesh_stream_messages)', legend: '{{stream}}' }],
  }),
  series({
    title: 'Given up by the broker',
    description: 'Deliveries that nobody ended; gone: look whether their effect was taken.',
    unit: 'short',
    queries: [
      {
        expr: 'sum by (service, outcome) (increase(mesh_advisories_total[15m]))',
        legend: '{{service}} {{outcome}}',
      },
    ],
  }),
]

/** Everything between services: calls, streams, outboxes, consumers. */
export const brokerDashboard: Dashboard = {
  name: 'broker',
  title: 'broker and streams',
  description: 'What goes between services, what waits, and how full the streams are.',
  rows: [
    { title: 'Broker', panels: links },
    { title: 'Out: outboxes and streams', panels: outboxPanels() },
    { title: 'In: consumers', panels: consumerPanels() },
  ],
}
