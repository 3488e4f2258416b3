import { service as edgeService } from '@meshboard/edge'
import type { Alert } from '../alert.ts'
import { of, rate } from '../promql.ts'
import type { Watched } from '../watched.ts'

const CANARY_SECONDS = Number(edgeService.config['canaryTimeoutMs']?.default) / 1_000

const ALERTS: readonly Alert[] = [
  {
    name: 'CanaryFailing',
    severity: 'page',
    forMinutes: 1,
    expr: `max(edge_canary_age_seconds) > ${CANARY_SECONDS}`,
    summary: 'No message of an edge to itself has come back for {{ $value | humanizeDuration }}.',
  },
  {
    name: 'SendQueuesFull',
    severity: 'page',
    forMinutes: 5,
    expr: 'max(edge_outbound_bytes / edge_outbound_budget_bytes) > 0.5',
    summary:
      '{{ $value | humanizePercentage }} of what may wait for sockets does: events are held back.',
  },
  {
    name: 'ClientsFallingBehind',
    severity: 'ticket',
    forMinutes: 15,
    expr: 'sum(edge_lagging_subscriptions) / sum(edge_subscriptions) > 0.05',
    summary: '{{ $value | humanizePercentage }} of all subscriptions read on from the stream.',
  },
  {
    name: 'GapsTold',
    severity: 'ticket',
    forMinutes: 10,
    expr: `${rate('edge_gaps_total', '10m', 'reason')} > 0.1`,
    summary:
      '{{ $value | humanize }} clients a second are told that they missed something ({{ $labels.reason }}).',
  },
  {
    name: 'SocketsRefused',
    severity: 'page',
    forMinutes: 5,
    expr: `${rate(of('edge_upgrades_refused_total', { status: '503' }), '5m')} > 0.1`,
    summary: '{{ $value | humanize }} sockets a second are refused since the edge is full.',
  },
]

/** Of the edge: its sockets, what waits for them, and whether feeds still come. */
export const edgeAlerts = ({ name }: Watched): readonly Alert[] => (name === 'edge' ? ALERTS : [])
