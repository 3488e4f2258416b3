import { context, propagation, trace } from '@opentelemetry/api'
import { afterAll } from 'vitest'

// Test files share processes, and the first service of a process gives it its tracer: so each file has its own.
afterAll(() => {
  for (const api of [trace, context, propagation]) api.disable()
})
