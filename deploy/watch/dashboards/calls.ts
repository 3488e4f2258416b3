import { type Panel, series } from '../grafana.ts'
import { FAULTS } from '../objectives.ts'
import { type Labels, of, quantile, rate } from '../promql.ts'

/** How far back a rate looks: Grafana's own word, at least four scrapes. */
export const WINDOW = '$__rate_interval'

/** p50, p95 and p99 of a histogram. */
export const quantiles = (metric: string, labels: Labels = {}) =>
  [0.5, 0.95, 0.99].map((share) => ({
    expr: quantile(share, { buckets: of(`${metric}_bucket`, labels), window: WINDOW }),
    legend: `p${share * 100}`,
  }))

/** Which histogram of calls, and which of them. */
interface Calls {
  readonly metric: 'mesh_server_call_duration_seconds' | 'mesh_client_call_duration_seconds'
  readonly labels: Labels
  /** Who calls or answers, for the titles. */
  readonly what: string
}

/** Rate, errors and duration by procedure. */
export const redPanels = ({ metric, labels, what }: Calls): Panel[] => {
  const count = `${metric}_count`
  const faults = of(count, { ...labels, outcome: `~${FAULTS.join('|')}` })
  const refusals = of(count, { ...labels, outcome: `!~ok|${FAULTS.join('|')}` })
  return [
    series({
      title: `${what}: rate`,
      description: 'Calls a second, by procedure.',
      unit: 'reqps',
      queries: [{ expr: rate(of(count, labels), WINDOW, 'procedure'), legend: '{{procedure}}' }],
    }),
    series({
      title: `${what}: faults`,
      description:
        "Calls that end in a fault of the mesh, by procedure and code: not the caller's mistakes.",
      unit: 'reqps',
      queries: [
        { expr: rate(faults, WINDOW, 'procedure, outcome'), legend: '{{procedure}} {{outcome}}' },
      ],
    }),
    series({
      title: `${what}: p99`,
      description: 'One call of a hundred takes longer, by procedure.',
      unit: 's',
      queries: [
        {
          expr: quantile(0.99, {
            buckets: of(`${metric}_bucket`, labels),
            window: WINDOW,
            by: 'procedure',
          }),
          legend: '{{procedure}}',
        },
      ],
    }),
    series({
      title: `${what}: durations`,
      description: 'All of them together.',
      unit: 's',
      queries: quantiles(metric, labels),
    }),
    series({
      title: `${what}: refusals`,
      description: 'Calls that are refused for what the caller did, by code.',
      unit: 'reqps',
      queries: [{ expr: rate(refusals, WINDOW, 'outcome'), legend: '{{outcome}}' }],
    }),
  ]
}
