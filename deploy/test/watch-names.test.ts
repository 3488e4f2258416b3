// Goal: no dashboard and no alert names a metric or a label that is none, so that none is silent for ever.
// Method: every expression is read and held against docs/metrics.md, which another test holds against the processes.
import { readFileSync } from 'node:fs'
import { createMetrics } from '@meshboard/kit'
import { expect, test } from 'vitest'
import { WINDOWS } from '../watch/alerts/burn-rate.ts'
import { dashboards } from '../watch/dashboards.ts'
import { allObjectives } from '../watch/objectives.ts'
import { ruleFiles } from '../watch/rules.ts'
import { namedIn } from './promql-names.ts'

/** What every series has, or gets from who scrapes it. */
const EVERYWHERE = ['service', 'process', 'instance']
const ROW = /^\| `(\w+)` +\| (\w+) +\| ([^|]*)\|/gm

const PAGE = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')

const documented = new Map<string, readonly string[]>()
for (const [, name = '', kind, list = ''] of PAGE.matchAll(ROW)) {
  const labels = list.split(',').map((label) => label.trim())
  if (kind !== 'histogram') documented.set(name, labels)
  else {
    documented.set(`${name}_bucket`, [...labels, 'le'])
    for (const end of ['count', 'sum']) documented.set(`${name}_${end}`, labels)
  }
}

/** What the client library measures of a process. */
const ofProcesses = createMetrics('test')
  .registry.getMetricsAsArray()
  .map(({ name }) => [name, []] as const)
  .filter(([name]) => /^(process|nodejs)_/.test(name))

const recorded = allObjectives.flatMap(({ record }) =>
  WINDOWS.map((window) => [`${record}:ratio_rate${window}`, []] as const),
)

const known = new Map<string, readonly string[]>([
  ...documented,
  ...ofProcesses,
  ...recorded,
  ['ALERTS', ['alertstate', 'alertname']],
])

/** What is wrong with the names of an expression. */
const faultsOf = (expr: string): string[] => {
  const { metrics, groups } = namedIn(expr)
  if (metrics.length === 0) return ['names no metric']
  const all = metrics.flatMap(({ name }) => known.get(name) ?? [])
  return [
    ...metrics.filter(({ name }) => !known.has(name)).map(({ name }) => `no metric ${name}`),
    ...metrics.flatMap(({ name, labels }) =>
      labels
        .filter((label) => ![...EVERYWHERE, ...(known.get(name) ?? [])].includes(label))
        .map((label) => `${name} has no label ${label}`),
    ),
    ...groups
      .filter((label) => ![...EVERYWHERE, ...all].includes(label))
      .map((label) => `nothing in it has a label ${label}`),
  ]
}

const queries = dashboards.flatMap(({ name, rows }) =>
  rows.flatMap(({ panels }) =>
    panels.flatMap((panel) =>
      panel.queries.map((query) => ({ where: `${name}: ${panel.title}`, ...query })),
    ),
  ),
)
const rules = ruleFiles.flatMap(({ name, alerts, objectives }) => [
  ...alerts.map(({ name: alert, expr }) => ({ where: `${name}: ${alert}`, expr })),
  ...objectives.flatMap(({ alert, bad, all }) =>
    [bad('5m'), all('5m')].map((expr) => ({ where: `${name}: ${alert}`, expr })),
  ),
])

test('every metric and label that a dashboard or an alert names exists', () => {
  expect(known.size).toBeGreaterThan(80)
  expect(queries.length).toBeGreaterThan(300)
  const faults = [...queries, ...rules].flatMap(({ where, expr }) =>
    faultsOf(expr).map((fault) => `${where}: ${fault}`),
  )
  expect(faults).toEqual([])
})

test('a name that is none is found, wherever it stands', () => {
  expect(faultsOf('sum(rate(mesh_consumer_lag{service="a"}[5m]))')).toEqual([
    'no metric mesh_consumer_lag',
  ])
  expect(faultsOf('max by (topic) (mesh_consumer_pending{queue=~"a|b"}) > 0.5')).toEqual([
    'mesh_consumer_pending has no label queue',
    'nothing in it has a label topic',
  ])
  expect(faultsOf('rate(mesh_delivery_duration_seconds[5m])')).toHaveLength(1)
  expect(faultsOf('vector(1)')).toEqual(['names no metric'])
})

test('a legend shows only labels that its query leaves', () => {
  const faults = queries.flatMap(({ where, expr, legend }) => {
    const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
    const left = namedIn(expr).groups
    return shown.filter((label) => !left.includes(label)).map((label) => `${where}: ${label}`)
  })
  expect(faults).toEqual([])
})

test('every metric of ours is shown on a dashboard or watched by an alert', () => {
  const named = new Set(
    [...queries, ...rules].flatMap(({ expr }) => namedIn(expr).metrics.map(({ name }) => name)),
  )
  const shown = (name: string) => ['', '_bucket', '_count'].some((end) => named.has(name + end))
  const unseen = [...PAGE.matchAll(ROW)].map(([, name = '']) => name).filter((name) => !shown(name))
  expect(unseen).toEqual([])
})
