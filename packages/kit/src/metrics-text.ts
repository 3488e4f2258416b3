import { type Metric, Registry } from '@prometheus-io/client'

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
  registry: Registry,
  { service, accept = '' }: { service: string; accept?: string | undefined },
): Promise<Exposition> => {
  const wanted = accept.includes('application/openmetrics-text')
  const shown = wanted ? openMetricsOf(registry, service) : registry
  return { type: shown.contentType, body: await shown.metrics() }
}

/** The library renames the counters it writes as OpenMetrics for good: it is given views of them. */
const openMetricsOf = (registry: Registry, service: string): Registry => {
  const shown: Registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  shown.setDefaultLabels({ service })
  for (const metric of registry.getMetricsAsArray()) shown.registerMetric(viewOf(metric))
  return shown
}

/** Reads through to the metric; what is written on it stays here. */
const viewOf = (metric: object): Metric<string> => Object.create(metric) as Metric<string>
