import { type Dashboard, type Panel, series } from '../grafana.ts'
import { of, quantile, rate } from '../promql.ts'
import { WINDOW, quantiles } from './calls.ts'
import { signaturePanels } from './proofs.ts'
import { tlsPanels } from './tls.ts'

const line = (spec: Omit<Panel, 'kind' | 'queries'> & { expr: string; legend: string }): Panel => {
  const { expr, legend, ...rest } = spec
  return series({ ...rest, queries: [{ expr, legend }] })
}

const channels: Panel[] = [
  line({
    title: 'Channels: deliveries',
    description: 'Events passed on a second times their watchers, by channel.',
    unit: 'ops',
    expr: rate('edge_event_watchers_total', WINDOW, 'channel'),
    legend: '{{channel}}',
  }),
  line({
    title: 'Channels: events',
    description: 'Events passed on a second, once however many watch, by channel.',
    unit: 'ops',
    expr: rate('edge_events_pushed_total', WINDOW, 'channel'),
    legend: '{{channel}}',
  }),
  series({
    title: 'Channels: from the stream to screens',
    description: 'How long after being stored an event was passed on; a repair shows here.',
    unit: 's',
    badFrom: 1,
    queries: quantiles('edge_delivery_lag_seconds'),
  }),
  series({
    title: 'Channels: subscriptions',
    description: 'Subscriptions of sockets, by channel, and the subjects watched for all of them.',
    unit: 'short',
    queries: [
      { expr: 'sum by (channel) (edge_subscriptions)', legend: '{{channel}}' },
      { expr: 'sum(edge_feeds)', legend: 'subjects at the broker' },
    ],
  }),
  series({
    title: 'Channels: gaps, repairs, resumes',
    description:
      'Gaps that clients were told of, by reason, and holes that were read from the stream.',
    unit: 'ops',
    queries: [
      { expr: rate('edge_gaps_total', WINDOW, 'reason'), legend: 'gap: {{reason}}' },
      { expr: rate('edge_repairs_total', WINDOW), legend: 'repaired' },
      { expr: rate('edge_position_mismatches_total', WINDOW), legend: 'found behind' },
      { expr: rate('edge_resumes_total', WINDOW, 'outcome'), legend: 'resumed: {{outcome}}' },
    ],
  }),
  series({
    title: 'Channels: resumes',
    description: 'How long it takes until a client has all it missed.',
    unit: 's',
    queries: quantiles('edge_resume_duration_seconds'),
  }),
]

const sockets: Panel[] = [
  line({
    title: 'Sockets',
    description: 'Open sockets, by door.',
    unit: 'short',
    expr: 'sum by (door) (edge_connections)',
    legend: '{{door}}',
  }),
  series({
    title: 'Sockets: come and go',
    description: 'Upgrades accepted and refused a second, and sockets closed by code.',
    unit: 'ops',
    queries: [
      { expr: rate('edge_upgrades_accepted_total', WINDOW), legend: 'accepted' },
      {
        expr: rate('edge_upgrades_refused_total', WINDOW, 'status'),
        legend: 'refused: {{status}}',
      },
      { expr: rate('edge_closes_total', WINDOW, 'code'), legend: 'closed: {{code}}' },
      { expr: rate('edge_going_away_total', WINDOW), legend: 'asked to move on' },
    ],
  }),
  series({
    title: 'Sockets: frames',
    description: 'Frames a second each way, and those answered with an error.',
    unit: 'ops',
    queries: [
      { expr: rate('edge_frames_sent_total', WINDOW), legend: 'sent' },
      { expr: rate('edge_frames_received_total', WINDOW), legend: 'received' },
      { expr: rate('edge_refusals_total', WINDOW, 'code'), legend: 'refused: {{code}}' },
    ],
  }),
  series({
    title: 'Sockets: bytes',
    description: 'Bytes a second each way.',
    unit: 'Bps',
    queries: [
      { expr: rate('edge_sent_bytes_total', WINDOW), legend: 'sent' },
      { expr: rate('edge_received_bytes_total', WINDOW), legend: 'received' },
    ],
  }),
  series({
    title: 'Sockets: round trips',
    description: 'From a ping to its answer: the network, and clients that are busy.',
    unit: 's',
    queries: quantiles('edge_ping_rtt_seconds'),
  }),
  line({
    title: 'Logins: p99',
    description: 'How long logins take to be judged, by kind.',
    unit: 's',
    expr: quantile(0.99, {
      buckets: 'edge_login_duration_seconds_bucket',
      window: WINDOW,
      by: 'kind',
    }),
    legend: '{{kind}}',
  }),
]

const pressure: Panel[] = [
  line({
    title: 'Send queues',
    description:
      'Bytes that wait for all sockets, of those that may. From half on events wait in their streams.',
    unit: 'percentunit',
    badFrom: 0.5,
    expr: 'max by (instance, process) (edge_outbound_bytes / edge_outbound_budget_bytes)',
    legend: '{{instance}} {{process}}',
  }),
  series({
    title: 'Lanes',
    description: 'Subscriptions that read on from the stream, and how often one began to.',
    unit: 'short',
    queries: [
      { expr: 'sum(edge_lagging_subscriptions)', legend: 'reading on' },
      { expr: rate('edge_spills_total', WINDOW), legend: 'spills a second' },
    ],
  }),
  series({
    title: 'Left out, and limits',
    description: 'Events that a client behind did not get, and limits reached, a second.',
    unit: 'ops',
    queries: [
      { expr: rate('edge_events_left_out_total', WINDOW, 'class'), legend: 'left out: {{class}}' },
      { expr: rate('edge_limits_reached_total', WINDOW, 'limit'), legend: 'limit: {{limit}}' },
    ],
  }),
  line({
    title: 'Canary',
    description:
      'Age of the newest message of an edge to itself that came back the way feeds come.',
    unit: 's',
    badFrom: 3,
    expr: 'max by (instance, process) (edge_canary_age_seconds)',
    legend: '{{instance}} {{process}}',
  }),
  series({
    title: 'Reads of stored events',
    description: 'Reads under way, reads a second and the events they brought.',
    unit: 'short',
    queries: [
      { expr: 'sum(edge_replay_reads_in_flight)', legend: 'under way' },
      { expr: rate('edge_replay_reads_total', WINDOW), legend: 'reads' },
      { expr: rate('edge_replay_events_total', WINDOW), legend: 'events' },
    ],
  }),
  line({
    title: 'Event loop: p99 of its lateness',
    description: 'A late loop is late for every socket of its process.',
    unit: 's',
    expr: `max by (instance, process) (${of('nodejs_eventloop_lag_p99_seconds', { service: 'edge' })})`,
    legend: '{{instance}} {{process}}',
  }),
]

/** What clients at the edge see. */
export const edgeDashboard: Dashboard = {
  name: 'edge',
  title: 'sockets and channels',
  description: 'Who is connected, what reaches them, how soon, and who falls behind.',
  rows: [
    { title: 'Channels', panels: channels },
    { title: 'Sockets', panels: sockets },
    { title: 'Pressure', panels: pressure },
    { title: 'Proofs', panels: signaturePanels() },
    { title: 'TLS', panels: tlsPanels },
  ],
}
