import { type Panel, series } from '../grafana.ts'
import { FAULTS } from '../objectives.ts'
import { type Labels, of, quantile, rate } from '../promql.ts'

/** How far back a rate looks: Grafana's own word, at least four scrapes. */
export const WINDOW = '$__rate_interval'

/** A panel of the series with these labels. */
export type PanelOf = (labels: Labels) => Panel

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

type CallPanel = (calls: Calls) => Panel

const callRate: CallPanel = ({ metric, labels, what }) =>
  series({
    title: `${what}: rate`,
    description: 'Calls a second, by procedure.',
    unit: 'reqps',
    queries: [
      { expr: rate(of(`${metric}_count`, labels), WINDOW, 'procedure'), legend: '{{procedure}}' },
    ],
  })

const callFaults: CallPanel = ({ metric, labels, what }) => {
  const faults = of(`${metric}_count`, { ...labels, outcome: `~${FAULTS.join('|')}` })
  return series({
    title: `${what}: faults`,
    description:
      "Calls that end in a fault of the mesh, by procedure and code: not the caller's mistakes.",
    unit: 'reqps',
    queries: [
      { expr: rate(faults, WINDOW, 'procedure, outcome'), legend: '{{procedure}} {{outcome}}' },
    ],
  })
}

const callP99: CallPanel = ({ metric, labels, what }) => {
  const buckets = of(`${metric}_bucket`, labels)
  const expr = quantile(0.99, { buckets, window: WINDOW, by: 'procedure' })
  return series({
    title: `${what}: p99`,
    description: 'One call of a hundred takes longer, by procedure.',
    unit: 's',
    queries: [{ expr, legend: '{{procedure}}' }],
  })
}

const callTimes: CallPanel = ({ metric, labels, what }) =>
  series({
    title: `${what}: durations`,
    description: 'All of them together.',
    unit: 's',
    queries: quantiles(metric, labels),
  })

const callRefusals: CallPanel = ({ metric, labels, what }) => {
  const refusals = of(`${metric}_count`, { ...labels, outcome: `!~ok|${FAULTS.join('|')}` })
  return series({
    title: `${what}: refusals`,
    description: 'Calls that are refused for what the caller did, by code.',
    unit: 'reqps',
    queries: [{ expr: rate(refusals, WINDOW, 'outcome'), legend: '{{outcome}}' }],
  })
}

/** Rate, errors and duration by procedure. */
export const redPanels = (calls: Calls): Panel[] =>
  [callRate, callFaults, callP99, callTimes, callRefusals].map((panel) => panel(calls))
