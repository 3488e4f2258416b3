import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOffSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { setRecording } from './telemetry.ts'
import { traceRedis } from './telemetry-redis.ts'

/** Stops what `startTelemetry` started, after sending what is recorded. */
export type StopTelemetry = () => Promise<void>

/** Where traces go, and how many of them. */
export interface TraceSettings {
  /** OTLP over HTTP; empty: nowhere. */
  readonly otlpEndpoint: string
  /** PEM file of who signs the certificate of what is there; empty: whom the system trusts. */
  readonly otlpCaFile: string
  /** The share of new traces that is recorded, 0 to 1. */
  readonly traceShare: number
  /** How many spans a second are kept that fail in traces that are not recorded. */
  readonly traceFailuresPerSecondMax: number
  /** Told once of each time in which nobody takes them. */
  readonly onFault: (error: Error) => void
}

/**
 * Gives the process a tracer. Without an endpoint nothing is recorded, but every call still has a
 * trace id, which failures and ledger entries name. The first service of a process wins.
 */
export const startTelemetry = async (
  service: string,
  settings: TraceSettings,
): Promise<StopTelemetry> => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const resource = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'meshboard',
  })
  const { options, keepFailed } = await recordingOf(settings, resource)
  const provider = new TracerProvider({ resource, ...options })
  const isFirst = trace.setGlobalTracerProvider(provider)
  const share = settings.otlpEndpoint === '' ? 0 : settings.traceShare
  if (isFirst) setRecording({ share, keepFailed })
  const stopRedis = isFirst && settings.otlpEndpoint !== '' ? traceRedis() : undefined
  return async () => {
    stopRedis?.()
    await provider.shutdown()
  }
}

/** Who records nothing does not load what sends it. */
const recordingOf = async (settings: TraceSettings, resource: Resource) => {
  const nothing = { options: { sampler: new AlwaysOffSampler() }, keepFailed: undefined }
  if (settings.otlpEndpoint === '') return nothing
  const { recordingTo } = await import('./telemetry-export.ts')
  return recordingTo(settings, resource)
}
