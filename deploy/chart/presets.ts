import type { ScaleBy } from './facts.ts'

/** What a service of its kind needs that others do not. */
export interface Preset {
  /** How much of its work one copy takes. */
  readonly autoscaling: Readonly<Record<string, number>>
  /** Of one copy; absent: that of `defaults`. */
  readonly resources?: { readonly cpu: string; readonly memory: string }
  /** Variables that differ from their defaults in a cluster; `*` is the service's prefix. */
  readonly config: Readonly<Record<string, number>>
  /** Options of Node.js. */
  readonly nodeOptions?: string
}

/**
 * How long a door is sent new clients after it has said that it stops: an ingress controller hears of
 * it within seconds. What then remains must still fit into the time to stop.
 */
const DOOR_STOPS = { READY_OFF_MS: 5_000, STOP_MS_MAX: 45_000 }

/**
 * Where a service of each kind begins; the chart's README says what follows from the benchmarks. The
 * edge runs as `up` runs it: with a small young generation, or its memory grows with each crowd.
 */
export const presets: Readonly<Record<ScaleBy, Preset>> = {
  connections: {
    autoscaling: { connections: 8_000 },
    resources: { cpu: '500m', memory: '768Mi' },
    config: { ...DOOR_STOPS, '*_CONNECTIONS_MAX': 12_000 },
    nodeOptions: '--max-semi-space-size=16',
  },
  requests: {
    autoscaling: { requestsPerSecond: 2_000 },
    resources: { cpu: '500m', memory: '384Mi' },
    config: DOOR_STOPS,
  },
  lag: { autoscaling: { lag: 1_000 }, config: {} },
  cpu: { autoscaling: {}, config: {} },
}
