import { of } from '../watch/promql.ts'
import { allWatched } from '../watch/watched.ts'
import { type Series, growing, steady } from './watch-series.ts'

/** What is different when something is wrong, and the alert that must tell of it. */
export interface Symptom {
  readonly alert: string
  readonly severity: 'page' | 'ticket'
  /** Whose rules: a service, or `mesh`. */
  readonly file: string
  /** In place of the healthy ones; '' is none at all. */
  readonly series: Series
  /** When it must have fired, minutes after it began. */
  readonly minutes: number
}

const earnings = { service: 'earnings' }
const calls = { service: 'gateway', procedure: 'earnings.getSummary' }
const consumer = { ...earnings, consumer: 'creditOnUptimeAccrued' }
const a = { instance: 'a' }
const made = (outcome: string) =>
  of('mesh_client_call_duration_seconds_count', { ...calls, outcome })
const quick = of('mesh_client_call_duration_seconds_bucket', { ...calls, outcome: 'ok', le: '0.5' })
const full = (stream: string, bytes: number) => ({
  [of('mesh_stream_bytes', { ...earnings, stream })]: steady(bytes),
})
const expiring = (days: number) => ({
  [of('mesh_tls_certificate_expires_timestamp_seconds', { service: 'edge', ...a })]: steady(
    days * 86_400,
  ),
})
const status = (code: string) => of('gateway_request_duration_seconds_count', { status: code })
const prompt = of('edge_delivery_lag_seconds_bucket', { le: '1' })

const withoutBroker = allWatched
  .filter(({ name }) => name !== 'edge')
  .map(({ name: service }) => [of('mesh_broker_connected', { service, ...a }), steady(0)])

type Row = readonly [alert: string, severity: Symptom['severity'], minutes: number, series: Series]

const inFile = (file: string, rows: readonly Row[]): Symptom[] =>
  rows.map(([alert, severity, minutes, series]) => ({ file, alert, severity, minutes, series }))

/** Every alert at least once, each severity of it. */
export const symptoms: readonly Symptom[] = [
  ...inFile('earnings', [
    ['CallsFailing', 'page', 10, { [made('unavailable')]: growing(30) }],
    ['CallsFailing', 'ticket', 180, { [made('unavailable')]: growing(3) }],
    ['CallsSlow', 'page', 10, { [quick]: growing(400) }],
    ['CallsSlow', 'ticket', 180, { [quick]: growing(575) }],
    [
      'ServiceMissing',
      'page',
      5,
      { [of('process_start_time_seconds', { ...earnings, ...a })]: '' },
    ],
    [
      'ProcessRestarting',
      'ticket',
      6,
      { [of('process_start_time_seconds', { ...earnings, ...a })]: '1 1 2 3 4+0x100' },
    ],
    [
      'EventLoopLate',
      'ticket',
      8,
      { [of('nodejs_eventloop_lag_p99_seconds', { ...earnings, ...a })]: steady(0.4) },
    ],
    ['BrokerAway', 'page', 3, { [of('mesh_broker_connected', { ...earnings, ...a })]: steady(0) }],
    [
      'Overloaded',
      'ticket',
      15,
      {
        [of('mesh_server_calls_shed_total', {
          ...earnings,
          procedure: 'earnings.getSummary',
          reason: 'lag',
        })]: growing(60),
      },
    ],
    [
      'RevocationsOld',
      'page',
      6,
      { [of('mesh_revocations_age_seconds', { ...earnings, ...a })]: '0+60x100' },
    ],
    [
      'TokenRefusals',
      'ticket',
      20,
      { [of('mesh_token_verdicts_total', { ...earnings, verdict: 'unauthorized' })]: growing(900) },
    ],
    [
      'ConsumerLag',
      'ticket',
      8,
      { [of('mesh_consumer_lag_seconds', { ...consumer, ...a })]: steady(90) },
    ],
    [
      'ConsumerLag',
      'page',
      18,
      { [of('mesh_consumer_lag_seconds', { ...consumer, ...a })]: '0+60x100' },
    ],
    [
      'DeliveriesHeld',
      'ticket',
      12,
      { [of('mesh_deliveries_held', { ...consumer, ...a })]: steady(3) },
    ],
    [
      'DeadLetters',
      'ticket',
      4,
      { [of('mesh_dead_letters_total', { ...consumer, kind: 'permanent' })]: '0 0 1+0x100' },
    ],
    [
      'EventsGone',
      'page',
      4,
      { [of('mesh_advisories_total', { ...earnings, outcome: 'gone' })]: '0 0 1+0x100' },
    ],
    [
      'OutboxOld',
      'page',
      5,
      { [of('mesh_outbox_oldest_unsent_seconds', { ...earnings, ...a })]: '0+60x100' },
    ],
    ['OutboxUnled', 'page', 4, { [of('mesh_outbox_leads', { ...earnings, ...a })]: steady(0) }],
    [
      'OutboxKeysHeld',
      'ticket',
      7,
      { [of('mesh_outbox_held_keys', { ...earnings, ...a })]: steady(1) },
    ],
    ['StreamNearlyFull', 'ticket', 7, full('EVT_EARNINGS', 8_000)],
    ['StreamNearlyFull', 'page', 7, full('EVT_EARNINGS', 9_500)],
    [
      'StreamUnmeasured',
      'ticket',
      12,
      { [of('mesh_stream_bytes', { ...earnings, stream: 'EVT_EARNINGS' })]: '' },
    ],
    [
      'DatabasePoolExhausted',
      'page',
      8,
      { [of('mesh_database_refused_total', earnings)]: growing(6) },
    ],
    ['DatabasePoolExhausted', 'ticket', 14, { [of('mesh_database_waiting', earnings)]: steady(2) }],
    [
      'LedgerImbalance',
      'page',
      3,
      { [of('earnings_ledger_imbalance_micros', earnings)]: '0 0 -7+0x100' },
    ],
    [
      'LedgerImbalance',
      'page',
      3,
      { [of('earnings_ledger_accounts_astray', earnings)]: '0 0 1+0x100' },
    ],
    [
      'LedgerUnchecked',
      'ticket',
      25,
      { [of('earnings_ledger_check_age_seconds', earnings)]: '0+60x100' },
    ],
  ]),
  ...inFile('auth', [
    [
      'SignatureRefusals',
      'ticket',
      20,
      {
        [of('mesh_server_call_duration_seconds_count', {
          service: 'auth',
          procedure: 'auth.verify',
          outcome: 'invalid_signature',
        })]: growing(3_000),
      },
    ],
  ]),
  ...inFile('gateway', [
    ['RequestsFailing', 'page', 10, { [status('503')]: growing(300) }],
    ['RequestsFailing', 'ticket', 180, { [status('503')]: growing(30) }],
    ['RedisAway', 'ticket', 4, { [of('mesh_redis_usable', { service: 'gateway' })]: steady(0) }],
    [
      'RedisMayEvict',
      'ticket',
      12,
      { [of('mesh_redis_may_evict', { service: 'gateway' })]: steady(1) },
    ],
  ]),
  ...inFile('edge', [
    ['PushesLate', 'page', 10, { [prompt]: growing(4_000) }],
    ['PushesLate', 'ticket', 180, { [prompt]: growing(5_750) }],
    ['CanaryFailing', 'page', 3, { edge_canary_age_seconds: '0+60x100' }],
    ['SendQueuesFull', 'page', 7, { edge_outbound_bytes: steady(600_000) }],
    ['ClientsFallingBehind', 'ticket', 17, { edge_lagging_subscriptions: steady(100) }],
    ['GapsTold', 'ticket', 14, { [of('edge_gaps_total', { reason: 'too_far' })]: growing(60) }],
    [
      'SocketsRefused',
      'page',
      8,
      { [of('edge_upgrades_refused_total', { status: '503' })]: growing(60) },
    ],
    [
      'SignatureRefusals',
      'ticket',
      20,
      { [of('edge_logins_total', { outcome: 'refused' })]: growing(900) },
    ],
  ]),
  ...inFile('mesh', [
    ['BrokerDown', 'page', 3, Object.fromEntries(withoutBroker)],
    ['CertificateExpiring', 'ticket', 15, expiring(10)],
    ['CertificateExpiring', 'page', 15, expiring(1)],
    ['StreamNearlyFull', 'ticket', 7, full('DEAD', 8_000)],
    ['StreamNearlyFull', 'page', 7, full('DEAD', 9_500)],
  ]),
]
