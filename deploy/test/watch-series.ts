import { DEAD_STREAM, streamName } from '@meshboard/contracts'
import { signedProcedures } from '../watch/alerts/callers.ts'
import { of } from '../watch/promql.ts'
import { type Watched, allWatched } from '../watch/watched.ts'

/** Series by name, in the notation of promtool: `0+60x200` grows by 60 a minute. */
export type Series = Readonly<Record<string, string>>

/** Longer than any test looks. */
const MINUTES = 200

/** Stays as it is. */
export const steady = (value: number): string => `${value}+0x${MINUTES}`
/** Counts up by so many a minute. */
export const growing = (perMinute: number): string => `0+${perMinute}x${MINUTES}`

const KINDS = ['undecodable', 'permanent', 'exhausted', 'crashed']

const ofProcess = ({ name: service }: Watched): Series => ({
  [of('process_start_time_seconds', { service, instance: 'a' })]: steady(1_000),
  [of('nodejs_eventloop_lag_p99_seconds', { service, instance: 'a' })]: steady(0.012),
  [of('mesh_broker_connected', { service, instance: 'a' })]: steady(1),
  [of('mesh_revocations_age_seconds', { service, instance: 'a' })]: steady(30),
  [of('mesh_token_verdicts_total', { service, verdict: 'ok' })]: growing(600),
  [of('mesh_token_verdicts_total', { service, verdict: 'unauthorized' })]: growing(6),
})

const ofCalls = (watched: Watched): Series => {
  const service = watched.name
  const [first] = watched.procedures
  if (!first) return {}
  const procedure = first.name
  const made = { service: 'gateway', procedure }
  const duration = 'mesh_client_call_duration_seconds'
  return {
    [of(`${duration}_count`, { ...made, outcome: 'ok' })]: growing(600),
    [of(`${duration}_bucket`, { ...made, outcome: 'ok', le: '0.5' })]: growing(600),
    [of(`${duration}_count`, { ...made, outcome: 'unavailable' })]: growing(0),
    [of(`${duration}_count`, { ...made, outcome: 'not_found' })]: growing(300),
    [of('mesh_server_calls_shed_total', { service, procedure, reason: 'lag' })]: growing(0),
    ...Object.fromEntries(
      signedProcedures(watched).flatMap((signed) => [
        [of(`${SERVER}_count`, { service, procedure: signed, outcome: 'ok' }), growing(600)],
        [
          of(`${SERVER}_count`, { service, procedure: signed, outcome: 'invalid_signature' }),
          growing(6),
        ],
      ]),
    ),
  }
}

const SERVER = 'mesh_server_call_duration_seconds'

const ofEvents = ({ name: service, consumers, hasEvents }: Watched): Series => ({
  ...Object.fromEntries(
    consumers.flatMap((consumer) => [
      [of('mesh_consumer_lag_seconds', { service, consumer, instance: 'a' }), steady(0)],
      [of('mesh_deliveries_held', { service, consumer, instance: 'a' }), steady(0)],
      ...KINDS.map((kind) => [
        of('mesh_dead_letters_total', { service, consumer, kind }),
        growing(0),
      ]),
    ]),
  ),
  ...(consumers.length > 0 && {
    [of('mesh_advisories_total', { service, outcome: 'gone' })]: growing(0),
    ...filled({ service, stream: DEAD_STREAM.name }),
  }),
  ...(hasEvents && {
    [of('mesh_outbox_oldest_unsent_seconds', { service, instance: 'a' })]: steady(0.2),
    [of('mesh_outbox_leads', { service, instance: 'a' })]: steady(1),
    [of('mesh_outbox_leads', { service, instance: 'b' })]: steady(0),
    [of('mesh_outbox_held_keys', { service, instance: 'a' })]: steady(0),
    ...filled({ service, stream: streamName(service) }),
  }),
})

const filled = (labels: { service: string; stream: string }): Series => ({
  [of('mesh_stream_bytes', labels)]: steady(1_000),
  [of('mesh_stream_bytes_max', labels)]: steady(10_000),
})

const ofStores = ({ name: service, hasDatabase, hasRedis }: Watched): Series => ({
  ...(hasDatabase && {
    [of('mesh_database_refused_total', { service })]: growing(0),
    [of('mesh_database_waiting', { service })]: `0 3 ${steady(0)}`,
  }),
  ...(hasRedis && {
    [of('mesh_redis_usable', { service })]: steady(1),
    [of('mesh_redis_may_evict', { service })]: steady(0),
  }),
})

const OF_PARTS: Series = {
  [of('earnings_ledger_imbalance_micros', { service: 'earnings' })]: steady(0),
  [of('earnings_ledger_accounts_astray', { service: 'earnings' })]: steady(0),
  [of('earnings_ledger_check_age_seconds', { service: 'earnings' })]: steady(45),
  [of('gateway_request_duration_seconds_count', { status: '200' })]: growing(6_000),
  [of('gateway_request_duration_seconds_count', { status: '404' })]: growing(600),
  [of('gateway_request_duration_seconds_count', { status: '503' })]: growing(0),
  edge_canary_age_seconds: steady(1),
  edge_outbound_bytes: steady(1_000),
  edge_outbound_budget_bytes: steady(1_000_000),
  edge_lagging_subscriptions: steady(1),
  [of('edge_subscriptions', { channel: 'earnings' })]: steady(1_000),
  [of('edge_gaps_total', { reason: 'expired' })]: growing(1),
  [of('edge_upgrades_refused_total', { status: '503' })]: growing(0),
  [of('edge_upgrades_refused_total', { status: '401' })]: growing(60),
  [of('edge_logins_total', { outcome: 'ok' })]: growing(600),
  [of('edge_logins_total', { outcome: 'refused' })]: growing(6),
  edge_delivery_lag_seconds_count: growing(6_000),
  [of('edge_delivery_lag_seconds_bucket', { le: '1' })]: growing(6_000),
}

/** A mesh in which all is well, with the few mistakes of callers that are usual. */
export const healthySeries: Series = Object.assign(
  {},
  ...allWatched.flatMap((watched) => [
    ofProcess(watched),
    ofCalls(watched),
    ofEvents(watched),
    ofStores(watched),
  ]),
  OF_PARTS,
) as Series
