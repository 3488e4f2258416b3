import { readFileSync } from 'node:fs'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler } from '@opentelemetry/sdk-trace'
import { tellingOutages } from './telemetry-faults.ts'
import type { TraceSettings } from './telemetry-provider.ts'

const EVERY_MS = 1_000
/** Of one batch, repeats included; so much longer a stop may take when nobody takes the spans. */
const SEND_MS = 3_000

/**
 * What a tracer provider needs to record the traces that come in recorded and none of those that do
 * not; which new ones are, `startSpan` has decided. Spans beyond 2,048 that wait to be sent are dropped.
 */
export const recordingTo = (settings: TraceSettings) => ({
  sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  spanProcessors: [
    new BatchSpanProcessor({
      exporter: tellingOutages(exporterTo(settings), settings.onFault),
      scheduledDelayMillis: EVERY_MS,
      exportTimeoutMillis: SEND_MS,
    }),
  ],
})

const exporterTo = ({ otlpEndpoint, otlpCaFile }: TraceSettings): OTLPTraceExporter =>
  new OTLPTraceExporter({
    url: `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_MS,
    ...(otlpCaFile !== '' && { httpAgentOptions: { ca: readFileSync(otlpCaFile) } }),
  })
