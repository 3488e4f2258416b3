import { readFileSync } from 'node:fs'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler } from '@opentelemetry/sdk-trace'
import type { Resource } from '@opentelemetry/resources'
import { keepingFailed } from './telemetry-failed.ts'
import { tellingOutages } from './telemetry-faults.ts'
import type { TraceSettings } from './telemetry-provider.ts'

const EVERY_MS = 1_000
/** Of one batch, repeats included; so much longer a stop may take when nobody takes the spans. */
const SEND_MS = 3_000

/**
 * What a tracer provider needs to record the traces that come in recorded and none of those that do
 * not; which new ones are, `startSpan` has decided. Spans beyond 2,048 that wait to be sent are dropped.
 * `keepFailed` takes the spans that fail in the others.
 */
export const recordingTo = (settings: TraceSettings, resource: Resource) => {
  const processor = new BatchSpanProcessor({
    exporter: tellingOutages(exporterTo(settings), settings.onFault),
    scheduledDelayMillis: EVERY_MS,
    exportTimeoutMillis: SEND_MS,
  })
  return {
    options: {
      sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
      spanProcessors: [processor],
    },
    keepFailed: keepingFailed(processor, {
      resource,
      perSecondMax: settings.traceFailuresPerSecondMax,
    }),
  }
}

const exporterTo = ({ otlpEndpoint, otlpCaFile }: TraceSettings): OTLPTraceExporter =>
  new OTLPTraceExporter({
    url: `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_MS,
    ...(otlpCaFile !== '' && { httpAgentOptions: { ca: readFileSync(otlpCaFile) } }),
  })
