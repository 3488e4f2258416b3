import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { ShedReason } from './load.ts'

/** What a server counts besides its answers. */
export interface ServerMetrics {
  /** How long a call that had to wait for a place did. */
  waited(ms: number): void
  shed(procedure: string, reason: ShedReason | 'full'): void
  cancelled(procedure: string): void
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Registers a server's measurements; `queued` gives the number of calls in line. */
export const createServerMetrics = (registry: Registry, queued: () => number): ServerMetrics => {
  const registers = [registry]
  gaugeOf(registers, queued)
  const waits = new Histogram({
    name: 'mesh_server_queue_wait_seconds',
    help: 'How long calls waited that found no place at once.',
    buckets: SECONDS,
    registers,
  })
  const { shed, cancelled } = countersIn(registry)
  return {
    waited: (ms) => waits.observe(ms / 1_000),
    shed: (procedure, reason) => shed.inc({ procedure, reason }),
    cancelled: (procedure) => cancelled.inc({ procedure }),
  }
}

const countersIn = (registry: Registry) => {
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const shed = counter(
    'mesh_server_calls_shed_total',
    'Calls refused with overloaded before their handler saw them.',
    ['procedure', 'reason'],
  )
  const cancelled = counter(
    'mesh_server_calls_cancelled_total',
    'Calls ended because their caller gave them up.',
    ['procedure'],
  )
  return { shed, cancelled }
}

const gaugeOf = (registers: Registry[], queued: () => number) =>
  new Gauge({
    name: 'mesh_server_calls_queued',
    help: 'Calls that wait for a place.',
    registers,
    collect() {
      this.set(queued())
    },
  })
