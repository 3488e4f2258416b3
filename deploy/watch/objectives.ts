import { FAILURES } from '@meshboard/contracts'
import { type Labels, of, rate } from './promql.ts'
import { type Watched, allWatched } from './watched.ts'

/** The one place in which it is said how well the mesh is to do, over 30 days. */
const OBJECTIVES = {
  /** Of all calls, those that do not end in a fault of the mesh; retries and caller's mistakes aside. */
  callsAnswered: 0.999,
  /** Of those answered, the ones within `quickSeconds`. */
  callsQuick: 0.99,
  /** Of the requests at the gateway, those that are answered with less than 500. */
  requestsAnswered: 0.999,
  /** Of the events at the edge, those passed on within a second of being stored. */
  pushesPrompt: 0.99,
} as const

/** A bound that the histograms of calls have. */
const QUICK_SECONDS = 0.5
const PROMPT_SECONDS = 1

/** A share of something that may go wrong. */
export interface Objective {
  /** The alert that tells of it. */
  readonly alert: 'CallsFailing' | 'CallsSlow' | 'RequestsFailing' | 'PushesLate'
  readonly service: string
  readonly owner: string
  /** What goes wrong, for `… % of the calls to earnings fail`. */
  readonly sentence: string
  readonly share: number
  /** The series that its ratio is recorded as, before the window. */
  readonly record: string
  /** What went wrong, and all there was, a second. */
  readonly bad: (window: string) => string
  readonly all: (window: string) => string
}

/** Outcomes that are the mesh's fault, not the caller's. */
export const FAULTS: readonly string[] = Object.entries(FAILURES)
  .filter(([, { status }]) => status >= 500)
  .map(([code]) => code)

/** As a caller sees them: nobody else sees that a service is not there. */
const callsTo = ({ name }: Watched): Labels => ({ procedure: `~${name}[.].+` })

const callsFailing = (service: Watched): Objective => {
  const all = of('mesh_client_call_duration_seconds_count', callsTo(service))
  const labels = { ...callsTo(service), outcome: `~${FAULTS.join('|')}` }
  const bad = of('mesh_client_call_duration_seconds_count', labels)
  return {
    ...about(service, 'CallsFailing', OBJECTIVES.callsAnswered),
    sentence: `of the calls to ${service.name} fail`,
    record: 'service:mesh_calls_failing',
    bad: (window) => orNone(rate(bad, window)),
    all: (window) => rate(all, window),
  }
}

const callsSlow = (service: Watched): Objective => {
  const labels = { ...callsTo(service), outcome: 'ok' }
  const all = of('mesh_client_call_duration_seconds_count', labels)
  const quick = { ...labels, le: String(QUICK_SECONDS) }
  const within = of('mesh_client_call_duration_seconds_bucket', quick)
  return {
    ...about(service, 'CallsSlow', OBJECTIVES.callsQuick),
    sentence: `of the calls to ${service.name} take more than ${QUICK_SECONDS} s`,
    record: 'service:mesh_calls_slow',
    bad: (window) => `(${rate(all, window)} - ${rate(within, window)})`,
    all: (window) => rate(all, window),
  }
}

const requestsFailing = (gateway: Watched): Objective => {
  const of5xx = of('gateway_request_duration_seconds_count', { status: '~5..' })
  return {
    ...about(gateway, 'RequestsFailing', OBJECTIVES.requestsAnswered),
    sentence: 'of the requests at the gateway are answered with 5xx',
    record: 'service:gateway_requests_failing',
    bad: (window) => orNone(rate(of5xx, window)),
    all: (window) => rate('gateway_request_duration_seconds_count', window),
  }
}

const pushesLate = (edge: Watched): Objective => {
  const prompt = of('edge_delivery_lag_seconds_bucket', { le: String(PROMPT_SECONDS) })
  const all = (window: string) => rate('edge_delivery_lag_seconds_count', window)
  return {
    ...about(edge, 'PushesLate', OBJECTIVES.pushesPrompt),
    sentence: `of the events reach screens later than ${PROMPT_SECONDS} s`,
    record: 'service:edge_pushes_late',
    bad: (window) => `(${all(window)} - ${rate(prompt, window)})`,
    all,
  }
}

/** What has never gone wrong has no series: none of it, and not nothing at all. */
const orNone = (expr: string): string => `(${expr} or vector(0))`

const about = (
  ...[{ name, owner }, alert, share]: [Watched, Objective['alert'], number]
): Pick<Objective, 'service' | 'owner' | 'alert' | 'share'> => ({
  service: name,
  owner,
  alert,
  share,
})

/** What a service is to keep to. */
export const objectivesOf = (service: Watched): readonly Objective[] => {
  if (service.procedures.length > 0) return [callsFailing(service), callsSlow(service)]
  if (service.name === 'gateway') return [requestsFailing(service)]
  if (service.name === 'edge') return [pushesLate(service)]
  return []
}

/** All there are. */
export const allObjectives: readonly Objective[] = allWatched.flatMap(objectivesOf)
