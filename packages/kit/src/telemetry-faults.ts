import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { SpanExporter } from '@opentelemetry/sdk-trace'

/** The same exporter, whose outages are told: each once, with the first fault. Spans of that time are lost. */
export const tellingOutages = (
  exporter: SpanExporter,
  onFault: (error: Error) => void,
): SpanExporter => {
  let isAway = false
  const judged = ({ code, error }: ExportResult): void => {
    const failed = code !== ExportResultCode.SUCCESS
    if (failed && !isAway) onFault(error ?? new Error('spans were refused'))
    isAway = failed
  }
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        judged(result)
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}
