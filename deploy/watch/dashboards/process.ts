import { type Panel, series } from '../grafana.ts'
import { type Labels, of, rate } from '../promql.ts'
import { type PanelOf, WINDOW } from './calls.ts'

const byProcess = (metric: string, labels: Labels) => [
  {
    expr: `max by (service, instance) (${of(metric, labels)})`,
    legend: '{{service}} {{instance}}',
  },
]

const loopLateness: PanelOf = (labels) =>
  series({
    title: 'Event loop: p99 of its lateness',
    description: 'Beyond EVENT_LOOP_LAG_MAX_MS calls are refused, the least important first.',
    unit: 's',
    queries: byProcess('nodejs_eventloop_lag_p99_seconds', labels),
  })

const processor: PanelOf = (labels) =>
  series({
    title: 'Processor',
    description: 'Seconds of processor a second; a process has one core for its own code.',
    unit: 'none',
    queries: [
      {
        expr: rate(of('process_cpu_seconds_total', labels), WINDOW, 'service, instance'),
        legend: '{{service}} {{instance}}',
      },
    ],
  })

const memory: PanelOf = (labels) =>
  series({
    title: 'Memory',
    description: 'Resident bytes. What only grows ends at the limit of its container.',
    unit: 'bytes',
    queries: byProcess('process_resident_memory_bytes', labels),
  })

const starts: PanelOf = (labels) =>
  series({
    title: 'Starts',
    description: 'How often processes were started again within 15 minutes.',
    unit: 'none',
    queries: [
      {
        expr: `sum by (service) (changes(${of('process_start_time_seconds', labels)}[15m]))`,
        legend: '{{service}}',
      },
    ],
  })

const unkeptFailures: PanelOf = (labels) =>
  series({
    title: 'Traces: failures not kept',
    description: 'Spans a second that failed and were too many to be kept; the others are.',
    unit: 'ops',
    queries: [
      {
        expr: rate(of('mesh_trace_failures_dropped_total', labels), WINDOW, 'service'),
        legend: '{{service}}',
      },
    ],
  })

/** What processes need, and how late they are. */
export const processPanels = (labels: Labels = {}): Panel[] =>
  [loopLateness, processor, memory, starts, unkeptFailures].map((panel) => panel(labels))
