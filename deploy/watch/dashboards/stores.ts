import { type Panel, series } from '../grafana.ts'
import { type Labels, of, quantile, rate } from '../promql.ts'
import { type PanelOf, WINDOW, quantiles } from './calls.ts'

const statements = 'mesh_database_statement_duration_seconds'
const commands = 'mesh_redis_command_duration_seconds'

const statementRates: PanelOf = (labels) =>
  series({
    title: 'Database: statements',
    description: 'Statements a second, by their first word.',
    unit: 'ops',
    queries: [
      {
        expr: rate(of(`${statements}_count`, labels), WINDOW, 'operation'),
        legend: '{{operation}}',
      },
      {
        expr: rate(of(`${statements}_count`, { ...labels, outcome: 'failed' }), WINDOW),
        legend: 'failed',
      },
    ],
  })

const statementTimes: PanelOf = (labels) =>
  series({
    title: 'Database: durations',
    description: 'How long statements run, without their wait for a connection.',
    unit: 's',
    queries: quantiles(statements, labels),
  })

const statementP99: PanelOf = (labels) =>
  series({
    title: 'Database: p99 by service',
    description: 'One statement of a hundred runs longer.',
    unit: 's',
    queries: [
      {
        expr: quantile(0.99, {
          buckets: of(`${statements}_bucket`, labels),
          window: WINDOW,
          by: 'service',
        }),
        legend: '{{service}}',
      },
    ],
  })

const connections: PanelOf = (labels) =>
  series({
    title: 'Database: connections',
    description: 'Connections at work of those there may be, by process.',
    unit: 'percentunit',
    badFrom: 1,
    queries: [
      {
        expr: `max by (service, instance) (${of('mesh_database_connections_used', labels)} / ${of('mesh_database_connections_max', labels)})`,
        legend: '{{service}} {{instance}}',
      },
    ],
  })

const waiting: PanelOf = (labels) =>
  series({
    title: 'Database: waiting and refused',
    description: 'Queries that wait for a connection, and calls refused a second for want of one.',
    unit: 'short',
    queries: [
      {
        expr: `max by (service) (${of('mesh_database_waiting', labels)})`,
        legend: '{{service}} waiting',
      },
      {
        expr: rate(of('mesh_database_refused_total', labels), WINDOW, 'service'),
        legend: '{{service}} refused',
      },
      {
        expr: rate(of('mesh_database_statements_cancelled_total', labels), WINDOW, 'service'),
        legend: '{{service}} cancelled',
      },
    ],
  })

/** Postgres, as services see it. */
export const databasePanels = (labels: Labels = {}): Panel[] =>
  [statementRates, statementTimes, statementP99, connections, waiting].map((panel) => panel(labels))

const commandTimes: PanelOf = (labels) =>
  series({
    title: 'Redis: durations',
    description: 'How long commands take; one that takes 50 ms has failed.',
    unit: 's',
    queries: quantiles(commands, labels),
  })

const commandRates: PanelOf = (labels) =>
  series({
    title: 'Redis: commands',
    description: 'Commands a second, by what became of them.',
    unit: 'ops',
    queries: [
      {
        expr: rate(of(`${commands}_count`, labels), WINDOW, 'service, outcome'),
        legend: '{{service}} {{outcome}}',
      },
    ],
  })

const hitRatio: PanelOf = (labels) => {
  const found = `max(${of('mesh_redis_lookups_total', { ...labels, outcome: 'found' })})`
  const missed = `max(${of('mesh_redis_lookups_total', { ...labels, outcome: 'missed' })})`
  return series({
    title: 'Redis: hit ratio',
    description: 'Of the keys that Redis was asked for since it started, those it had.',
    unit: 'percentunit',
    queries: [{ expr: `${found} / (${found} + ${missed})`, legend: 'found' }],
  })
}

const usable: PanelOf = (labels) =>
  series({
    title: 'Redis: usable',
    description: '0: limits are counted by each process alone, more strictly.',
    unit: 'none',
    queries: [
      {
        expr: `min by (service) (${of('mesh_redis_usable', labels)})`,
        legend: '{{service}} usable',
      },
      {
        expr: `max by (service) (${of('mesh_redis_may_evict', labels)})`,
        legend: '{{service}} may evict',
      },
    ],
  })

const limitAnswers: PanelOf = (labels) =>
  series({
    title: 'Limits: who answers',
    description: 'Answers of limiters a second, by the store that gave them.',
    unit: 'ops',
    queries: [
      {
        expr: rate(of('mesh_limit_answers_total', labels), WINDOW, 'limit, store'),
        legend: '{{limit}} {{store}}',
      },
    ],
  })

/** Redis, as services see it. */
export const redisPanels = (labels: Labels = {}): Panel[] =>
  [commandTimes, commandRates, hitRatio, usable, limitAnswers].map((panel) => panel(labels))
