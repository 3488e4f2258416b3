import { Counter, type Registry } from '@prometheus-io/client'

/** Of this process, whichever of its services they were of. */
const seen = { notKept: 0 }

/** Counts a span that failed in a trace that is not recorded, and was one too many to be kept. */
export const failureNotKept = (): void => {
  seen.notKept += 1
}

/** Registers what a process counts of its traces. */
export const registerTelemetry = (registry: Registry): void => {
  new Counter({
    name: 'mesh_trace_failures_dropped_total',
    help: 'Failed spans of traces that are not recorded, beyond TRACE_FAILURES_PER_SECOND_MAX.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(seen.notKept)
    },
  })
}
