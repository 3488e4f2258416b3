import { ratioOf } from '../alerts/burn-rate.ts'
import { type Dashboard, type Panel, figure, series } from '../grafana.ts'
import { FAULTS, type Objective, allObjectives } from '../objectives.ts'
import { of, quantile, rate } from '../promql.ts'
import { WINDOW } from './calls.ts'
import { processPanels } from './process.ts'

const failed = of('mesh_client_call_duration_seconds_count', { outcome: `~${FAULTS.join('|')}` })

const well: Panel[] = [
  figure({
    title: 'Requests that fail',
    description: 'Of those at the gateway in 5 minutes, answered with 5xx.',
    unit: 'percentunit',
    badFrom: 0.01,
    expr: `(${rate(of('gateway_request_duration_seconds_count', { status: '~5..' }), '5m')} or vector(0)) / ${rate('gateway_request_duration_seconds_count', '5m')}`,
  }),
  figure({
    title: 'Requests: p99',
    description: 'One request of a hundred takes longer.',
    unit: 's',
    badFrom: 1,
    expr: quantile(0.99, { buckets: 'gateway_request_duration_seconds_bucket', window: '5m' }),
  }),
  figure({
    title: 'Screens: p99',
    description: 'One event of a hundred reaches its screens later.',
    unit: 's',
    badFrom: 1,
    expr: quantile(0.99, { buckets: 'edge_delivery_lag_seconds_bucket', window: '5m' }),
  }),
  figure({
    title: 'People connected',
    description: 'Open sockets of all edges.',
    unit: 'short',
    expr: 'sum(edge_connections)',
  }),
  figure({
    title: 'Ledger adds up',
    description: 'Micropoints, or accounts, that are wrong: 0.',
    unit: 'none',
    badFrom: 1,
    expr: 'max(abs(earnings_ledger_imbalance_micros)) + max(earnings_ledger_accounts_astray)',
  }),
  figure({
    title: 'Alerts',
    description: 'That fire now.',
    unit: 'none',
    badFrom: 1,
    expr: 'count(ALERTS{alertstate="firing"}) or vector(0)',
  }),
]

const burned = (title: string, objectives: readonly Objective[]): Panel =>
  series({
    title,
    description:
      'Over an hour, by service. What its objective allows is in deploy/watch/objectives.ts.',
    unit: 'percentunit',
    queries: objectives.map((objective) => ({
      expr: ratioOf(objective, '1h'),
      legend: objective.service,
    })),
  })

const objectivesNamed = (alert: Objective['alert']) =>
  allObjectives.filter((objective) => objective.alert === alert)

/** Is the mesh well, for a user? */
export const overviewDashboard: Dashboard = {
  name: 'overview',
  title: 'overview',
  description: 'Is the mesh well, for a user? Begin here.',
  rows: [
    { title: 'Is the mesh well, for a user?', panels: well },
    {
      title: 'How far from what is promised?',
      panels: [
        burned('Calls that fail', objectivesNamed('CallsFailing')),
        burned('Calls that are slow', objectivesNamed('CallsSlow')),
        burned('Doors: requests that fail, pushes that are late', [
          ...objectivesNamed('RequestsFailing'),
          ...objectivesNamed('PushesLate'),
        ]),
      ],
    },
    {
      title: 'What waits?',
      panels: [
        series({
          title: 'Events wait',
          description: 'In outboxes, and for consumers.',
          unit: 's',
          badFrom: 60,
          queries: [
            {
              expr: 'max by (service) (mesh_outbox_oldest_unsent_seconds)',
              legend: 'outbox of {{service}}',
            },
            {
              expr: 'max by (service) (min by (service, consumer) (mesh_consumer_lag_seconds))',
              legend: 'consumers of {{service}}',
            },
          ],
        }),
        series({
          title: 'Messages',
          description: 'What goes through the mesh a second.',
          unit: 'ops',
          queries: [
            { expr: rate('gateway_request_duration_seconds_count', WINDOW), legend: 'requests' },
            { expr: rate('mesh_client_call_duration_seconds_count', WINDOW), legend: 'calls' },
            { expr: rate('mesh_outbox_published_total', WINDOW), legend: 'events' },
            { expr: rate('edge_event_watchers_total', WINDOW), legend: 'pushes' },
          ],
        }),
        series({
          title: 'Faults',
          description:
            'Calls a second that end in a fault of the mesh, by who called and the code.',
          unit: 'reqps',
          queries: [
            { expr: rate(failed, WINDOW, 'service, outcome'), legend: '{{service}} {{outcome}}' },
          ],
        }),
      ],
    },
    { title: 'Processes', panels: processPanels() },
  ],
}
