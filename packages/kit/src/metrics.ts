import {
  Counter,
  Gauge,
  Histogram,
  type Metric,
  Registry,
  collectDefaultMetrics,
} from '@prometheus-io/client'
import { TraceFlags, trace } from '@opentelemetry/api'

/** Ends a measurement with its outcome, `ok` or a failure code; gives the seconds it took. */
export type Done = (outcome: string) => number

/** How the calls of one procedure went since the start. */
export interface Answered {
  readonly count: number
  readonly failed: number
  /** The code of the last failure; empty when there was none. */
  readonly lastFailure: string
  /** Time spent on all of them, nanoseconds. */
  readonly spentNs: number
}

/** Of a procedure that nobody has called. */
export const NEVER_ANSWERED: Answered = { count: 0, failed: 0, lastFailure: '', spentNs: 0 }

/** The measurements of one service, in the Prometheus text format at `/metrics`. */
export interface Metrics {
  readonly registry: Registry
  /** What every series has: `service`, and `process` where there are several. */
  readonly labels: Readonly<Record<string, string>>
  /** What has been answered, by procedure. */
  readonly answered: ReadonlyMap<string, Answered>
  /** A call to another service. */
  callStarted(procedure: string): Done
  /** A call answered by this one. */
  answerStarted(procedure: string): Done
  /** A delivery of an event. */
  deliveryStarted(consumer: string): Done
  /** A call that arrived after its deadline and was dropped. */
  expiredOnArrival(procedure: string): void
  /** An event whose effect had been taken before. */
  duplicate(consumer: string): void
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * The metrics of one service; a registry of its own, so that several fit one process. `process` tells
 * several processes of one instance apart.
 */
export const createMetrics = (service: string, process?: string): Metrics => {
  // Only a registry that may write OpenMetrics takes exemplars; which text it writes is asked later.
  const registry: Registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  const { calls, answers, deliveries, inFlight, expired, duplicates } = instrumentsIn(registry)
  registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE)
  const labels = { service, ...(process !== undefined && { process }) }
  registry.setDefaultLabels(labels)
  for (const metric of metricsOfProcess()) registry.registerMetric(metric)
  const answered = new Map<string, Tally>()
  return {
    registry,
    labels,
    answered,
    callStarted: calls,
    answerStarted(procedure) {
      inFlight.now += 1
      const done = answers(procedure)
      return (outcome) => {
        inFlight.now -= 1
        const seconds = done(outcome)
        let tally = answered.get(procedure)
        if (!tally) answered.set(procedure, (tally = { ...NEVER_ANSWERED }))
        addOne(tally, outcome, seconds)
        return seconds
      }
    },
    deliveryStarted: deliveries,
    expiredOnArrival: (procedure) => expired.inc({ procedure }),
    duplicate: (consumer) => duplicates.inc({ consumer }),
  }
}

let ofProcess: readonly Metric<string>[] | undefined

/** Of memory, event loop and the like, once a process: what the library starts to take them never ends. */
const metricsOfProcess = (): readonly Metric<string>[] => {
  if (ofProcess) return ofProcess
  const register = new Registry()
  collectDefaultMetrics({ register })
  return (ofProcess = register.getMetricsAsArray() as object[] as Metric<string>[])
}

type Tally = { -readonly [K in keyof Answered]: Answered[K] }

const addOne = (tally: Tally, outcome: string, seconds: number): void => {
  tally.count += 1
  tally.spentNs += Math.round(seconds * 1e9)
  if (outcome === 'ok') return
  tally.failed += 1
  tally.lastFailure = outcome
}

const instrumentsIn = (registry: Registry) => {
  const registers = [registry]
  const timer = (name: string, help: string, label: string) => {
    const labelNames = [label, 'outcome']
    const shape = { name, help, labelNames, buckets: SECONDS, enableExemplars: true, registers }
    return measuredBy(new Histogram<string>(shape), label)
  }
  const counter = <L extends string>(name: string, help: string, label: L) =>
    new Counter({ name, help, labelNames: [label], registers })
  const inFlight = { now: 0 }
  new Gauge({
    name: 'mesh_server_calls_in_flight',
    help: 'Calls being answered.',
    registers,
    collect() {
      this.set(inFlight.now)
    },
  })
  return {
    inFlight,
    calls: timer('mesh_client_call_duration_seconds', 'Calls to other services.', 'procedure'),
    answers: timer('mesh_server_call_duration_seconds', 'Calls answered.', 'procedure'),
    deliveries: timer('mesh_delivery_duration_seconds', 'Deliveries handled.', 'consumer'),
    expired: counter(
      'mesh_server_calls_expired_total',
      'Calls dropped because they arrived after their deadline.',
      'procedure',
    ),
    duplicates: counter(
      'mesh_inbox_duplicates_total',
      'Events delivered again after their effect was taken.',
      'consumer',
    ),
  }
}

type Child = ReturnType<Histogram<string>['labels']>

/**
 * Starts measurements of what a label names; the histogram's children are looked up once each. With
 * the trace as exemplar where it is recorded: a trace that leads nowhere is no example.
 */
const measuredBy = (histogram: Histogram<string>, label: string) => {
  const children = new Map<string, Map<string, Child>>()
  const childOf = (name: string, byOutcome: Map<string, Child>, outcome: string): Child => {
    const child = histogram.labels({ [label]: name, outcome })
    byOutcome.set(outcome, child)
    return child
  }
  return (name: string): Done => {
    let byOutcome = children.get(name)
    if (!byOutcome) children.set(name, (byOutcome = new Map<string, Child>()))
    const startedAt = performance.now()
    return (outcome) => {
      const value = (performance.now() - startedAt) / 1_000
      const { traceId, traceFlags = 0 } = trace.getActiveSpan()?.spanContext() ?? {}
      if (traceId !== undefined && (traceFlags & TraceFlags.SAMPLED) !== 0) {
        const exemplarLabels = { trace_id: traceId }
        histogram.observe({ labels: { [label]: name, outcome }, value, exemplarLabels })
      } else {
        const child = byOutcome.get(outcome) ?? childOf(name, byOutcome, outcome)
        child.observe(value)
      }
      return value
    }
  }
}
