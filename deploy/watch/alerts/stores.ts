import type { Alert } from '../alert.ts'
import { of, rate } from '../promql.ts'
import type { Watched } from '../watched.ts'

/** Of who has a database. */
export const databaseAlerts = ({ name: service, hasDatabase }: Watched): Alert[] => {
  if (!hasDatabase) return []
  const refused = rate(of('mesh_database_refused_total', { service }), '5m')
  const waiting = of('mesh_database_waiting', { service })
  return [
    {
      name: 'DatabasePoolExhausted',
      severity: 'page',
      forMinutes: 2,
      expr: `${refused} > 0`,
      summary: `${service} refuses {{ $value | humanize }} calls a second for want of a database connection.`,
    },
    {
      name: 'DatabasePoolExhausted',
      severity: 'ticket',
      forMinutes: 5,
      expr: `max(min_over_time(${waiting}[5m])) > 0`,
      summary: `Queries of ${service} always wait for a database connection.`,
    },
  ]
}

/** Of who counts in Redis, where it has one. */
export const redisAlerts = ({ name: service, hasRedis }: Watched): Alert[] =>
  hasRedis
    ? [
        {
          name: 'RedisAway',
          severity: 'ticket',
          forMinutes: 2,
          expr: `count(${of('mesh_redis_usable', { service })} == 0) > 0`,
          summary: `{{ $value }} processes of ${service} do without Redis: limits are counted alone, more strictly.`,
        },
        {
          name: 'RedisMayEvict',
          severity: 'ticket',
          forMinutes: 10,
          expr: `max(${of('mesh_redis_may_evict', { service })}) > 0`,
          summary: `The Redis of ${service} may drop counts of limits.`,
        },
      ]
    : []

/** Of the ledger. */
export const ledgerAlerts = ({ name: service }: Watched): Alert[] =>
  service === 'earnings'
    ? [
        {
          name: 'LedgerImbalance',
          severity: 'page',
          forMinutes: 0,
          expr: [
            `max(abs(${of('earnings_ledger_imbalance_micros', { service })})) > 0`,
            `or max(${of('earnings_ledger_accounts_astray', { service })}) > 0`,
          ].join('\n'),
          summary: 'The ledger does not add up: {{ $value }} micropoints, or accounts, are wrong.',
        },
        {
          name: 'LedgerUnchecked',
          severity: 'ticket',
          forMinutes: 5,
          expr: `min(${of('earnings_ledger_check_age_seconds', { service })}) > 900`,
          summary: 'The ledger was last added up {{ $value | humanizeDuration }} ago.',
        },
      ]
    : []
