import type { Dashboard, Row } from '../grafana.ts'
import { series } from '../grafana.ts'
import { of, rate } from '../promql.ts'
import type { Watched } from '../watched.ts'
import { type PanelOf, WINDOW, quantiles, redPanels } from './calls.ts'
import { consumerPanels, outboxPanels } from './events.ts'
import { processPanels } from './process.ts'
import { tokenPanels } from './proofs.ts'
import { databasePanels, redisPanels } from './stores.ts'

/** The dashboard that every service has, from what it declares. */
export const serviceDashboard = (watched: Watched): Dashboard => {
  const { name, owner, summary } = watched
  const labels = { service: name }
  return {
    name: `service-${name}`,
    title: name,
    description: `${summary} Owner: ${owner}.`,
    rows: [
      ...answering(watched),
      {
        title: 'What it calls',
        panels: redPanels({
          metric: 'mesh_client_call_duration_seconds',
          labels,
          what: 'Calls made',
        }),
      },
      ...when(watched.consumers.length > 0, 'Events it takes', consumerPanels(labels)),
      ...when(watched.hasEvents, 'Events it raises', outboxPanels(labels)),
      ...when(watched.hasDatabase, 'Database', databasePanels(labels)),
      ...when(watched.hasRedis, 'Redis', redisPanels(labels)),
      { title: 'Tokens', panels: tokenPanels(labels) },
      { title: 'Processes', panels: processPanels(labels) },
    ],
  }
}

const when = (condition: boolean, title: string, panels: Row['panels']): Row[] =>
  condition ? [{ title, panels }] : []

const answering = ({ name, procedures }: Watched): Row[] => {
  if (procedures.length === 0) return []
  const labels = { service: name }
  const red = { metric: 'mesh_server_call_duration_seconds', labels, what: 'Answers' } as const
  return [{ title: 'What it answers', panels: [...redPanels(red), load(labels), wait(labels)] }]
}

const load: PanelOf = (labels) => {
  const counted = (metric: string, by?: string) => rate(of(metric, labels), WINDOW, by)
  return series({
    title: 'Load',
    description: 'Calls without an answer yet, those in line, and those a second that got none.',
    unit: 'short',
    queries: [
      { expr: `sum(${of('mesh_server_calls_in_flight', labels)})`, legend: 'in flight' },
      { expr: `sum(${of('mesh_server_calls_queued', labels)})`, legend: 'in line' },
      { expr: counted('mesh_server_calls_shed_total', 'reason'), legend: 'refused: {{reason}}' },
      { expr: counted('mesh_server_calls_expired_total'), legend: 'arrived too late' },
      { expr: counted('mesh_server_calls_cancelled_total'), legend: 'given up by callers' },
    ],
  })
}

const wait: PanelOf = (labels) =>
  series({
    title: 'Wait for a place',
    description: 'How long calls were in line that found no place at once.',
    unit: 's',
    queries: quantiles('mesh_server_queue_wait_seconds', labels),
  })
