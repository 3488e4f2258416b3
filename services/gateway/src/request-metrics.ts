import type { Server } from 'node:http'
import { Histogram, type Registry } from '@prometheus-io/client'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Measures each request until its answer is sent or its client has gone, by the answer's status. */
export const measureRequests = (server: Server, registry: Registry): void => {
  const durations = new Histogram({
    name: 'gateway_request_duration_seconds',
    help: 'Requests answered.',
    labelNames: ['status'],
    buckets: SECONDS,
    registers: [registry],
  })
  server.on('request', (_, response) => {
    const beganAt = performance.now()
    response.once('close', () => {
      const seconds = (performance.now() - beganAt) / 1_000
      durations.observe({ status: response.statusCode }, seconds)
    })
  })
}
