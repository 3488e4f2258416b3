import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import type { TraceSettings } from './telemetry-provider.ts'

const EVERY_MS = 1_000
/** Of one batch, repeats included; so much longer a stop may take when nobody takes the spans. */
const SEND_MS = 3_000

/**
 * What a tracer provider needs to record the wanted share of new traces, all of those that come in
 * recorded and none of those that do not. Spans beyond 2,048 that wait to be sent are dropped.
 */
export const recordingTo = ({ otlpEndpoint, traceShare }: TraceSettings) => ({
  sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceShare) }),
  spanProcessors: [
    new BatchSpanProcessor({
      exporter: new OTLPTraceExporter({
        url: `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`,
        timeoutMillis: SEND_MS,
      }),
      scheduledDelayMillis: EVERY_MS,
      exportTimeoutMillis: SEND_MS,
    }),
  ],
})
