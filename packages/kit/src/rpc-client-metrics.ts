import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { RetryCause } from './retry.ts'

/** What a client counts besides its calls. */
export interface ClientMetrics {
  retried(procedure: string, cause: RetryCause): void
  cancelled(procedure: string): void
}

/** Registers a client's measurements; `breakers` by procedure. */
export const createClientMetrics = (
  registry: Registry,
  breakers: ReadonlyMap<string, CircuitBreaker>,
): ClientMetrics => {
  const registers = [registry]
  const retries = new Counter({
    name: 'mesh_client_retries_total',
    help: 'Attempts made again.',
    labelNames: ['procedure', 'cause'],
    registers,
  })
  const cancelled = new Counter({
    name: 'mesh_client_calls_cancelled_total',
    help: 'Attempts given up, and their service told so.',
    labelNames: ['procedure'],
    registers,
  })
  new Gauge({
    name: 'mesh_client_breaker_state',
    help: 'Whether calls get through: 0 all, 1 one to see, 2 none.',
    labelNames: ['procedure'],
    registers,
    collect() {
      for (const [procedure, { state }] of breakers) this.set({ procedure }, state)
    },
  })
  return {
    retried: (procedure, cause) => retries.inc({ procedure, cause }),
    cancelled: (procedure) => cancelled.inc({ procedure }),
  }
}
