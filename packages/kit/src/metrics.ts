import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client'

/** Ends a measurement with its outcome: `ok` or a failure code. */
export type Done = (outcome: string) => void

/** The measurements of one service, in the Prometheus text format at `/metrics`. */
export interface Metrics {
  readonly registry: Registry
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

/** The metrics of one service; a registry of its own, so that several fit one process. */
export const createMetrics = (service: string): Metrics => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const { calls, answers, deliveries, inFlight, expired, duplicates } = instrumentsIn(registry)
  return {
    registry,
    callStarted: (procedure) => measured(calls, { procedure }),
    answerStarted(procedure) {
      inFlight.inc()
      const done = measured(answers, { procedure })
      return (outcome) => {
        inFlight.dec()
        done(outcome)
      }
    },
    deliveryStarted: (consumer) => measured(deliveries, { consumer }),
    expiredOnArrival: (procedure) => expired.inc({ procedure }),
    duplicate: (consumer) => duplicates.inc({ consumer }),
  }
}

const instrumentsIn = (registry: Registry) => {
  const registers = [registry]
  const timer = <L extends string>(name: string, help: string, label: L) =>
    new Histogram({ name, help, labelNames: [label, 'outcome'], buckets: SECONDS, registers })
  const counter = <L extends string>(name: string, help: string, label: L) =>
    new Counter({ name, help, labelNames: [label], registers })
  return {
    calls: timer('mesh_client_call_duration_seconds', 'Calls to other services.', 'procedure'),
    answers: timer('mesh_server_call_duration_seconds', 'Calls answered.', 'procedure'),
    deliveries: timer('mesh_delivery_duration_seconds', 'Deliveries handled.', 'consumer'),
    inFlight: new Gauge({
      name: 'mesh_server_calls_in_flight',
      help: 'Calls being answered.',
      registers,
    }),
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

const measured = <L extends string>(
  histogram: Histogram<L | 'outcome'>,
  labels: Record<L, string>,
): Done => {
  const end = histogram.startTimer(labels)
  return (outcome) => {
    end({ outcome })
  }
}
