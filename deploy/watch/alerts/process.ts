import { baseConfig } from '@meshboard/kit'
import type { Alert } from '../alert.ts'
import { of, rate } from '../promql.ts'
import type { Watched } from '../watched.ts'

/** Beyond it a service refuses calls of normal importance. */
const LATE_SECONDS = (2 * Number(baseConfig.eventLoopLagMaxMs.default)) / 1_000

/** Of every service: that it runs, goes on running, and reaches the broker. */
export const processAlerts = ({ name: service }: Watched): Alert[] => [
  {
    name: 'ServiceMissing',
    severity: 'page',
    forMinutes: 2,
    expr: `absent(${of('process_start_time_seconds', { service })})`,
    summary: `No process of ${service} can be measured.`,
  },
  {
    name: 'ProcessRestarting',
    severity: 'ticket',
    forMinutes: 0,
    expr: `sum(changes(${of('process_start_time_seconds', { service })}[15m])) > 2`,
    summary: `Processes of ${service} were started again {{ $value }} times in 15 minutes.`,
  },
  {
    name: 'EventLoopLate',
    severity: 'ticket',
    forMinutes: 5,
    expr: `max(${of('nodejs_eventloop_lag_p99_seconds', { service })}) > ${LATE_SECONDS}`,
    summary: `The event loop of ${service} is late by {{ $value | humanizeDuration }}.`,
  },
  {
    name: 'BrokerAway',
    severity: 'page',
    forMinutes: 1,
    expr: `count(${of('mesh_broker_connected', { service })} == 0) > 0`,
    summary: `{{ $value }} processes of ${service} have no connection to the broker.`,
  },
]

/** Of who answers calls. */
export const callAlerts = ({ name: service, procedures }: Watched): Alert[] =>
  procedures.length === 0
    ? []
    : [
        {
          name: 'Overloaded',
          severity: 'ticket',
          forMinutes: 10,
          expr: `${rate(of('mesh_server_calls_shed_total', { service }), '5m')} > 0.1`,
          summary: `${service} refuses {{ $value | humanize }} calls a second before it looks at them.`,
        },
      ]
