import { type Metric, Registry } from '@prometheus-io/client'
import type { Metrics } from './metrics.ts'

/** Measurements as text, and what kind of text it is. */
export interface Exposition {
  readonly type: string
  readonly body: string
}

/**
 * A service's measurements: as OpenMetrics, which has exemplars, for who accepts that, else in the
 * older Prometheus text format.
 */
export const expose = async (
  metrics: Pick<Metrics, 'registry' | 'labels'>,
  accept = '',
): Promise<Exposition> => {
  const wanted = accept.includes('application/openmetrics-text')
  const shown = wanted ? openMetricsOf(metrics) : metrics.registry
  return { type: shown.contentType, body: await shown.metrics() }
}

/** The library renames the counters it writes as OpenMetrics for good: it is given views of them. */
const openMetricsOf = ({ registry, labels }: Pick<Metrics, 'registry' | 'labels'>): Registry => {
  const shown: Registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  shown.setDefaultLabels(labels)
  for (const metric of registry.getMetricsAsArray()) shown.registerMetric(viewOf(metric))
  return shown
}

/** Reads through to the metric; what is written on it stays here. */
const viewOf = (metric: object): Metric<string> => Object.create(metric) as Metric<string>
