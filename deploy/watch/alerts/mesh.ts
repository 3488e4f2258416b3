import type { Alert } from '../alert.ts'

const WITHOUT = 'count(max by (service) (mesh_broker_connected) == 0)'
const ALL = 'count(max by (service) (mesh_broker_connected))'

/** Of what all services share: one cause is told once. */
export const meshAlerts: readonly Alert[] = [
  {
    name: 'BrokerDown',
    severity: 'page',
    forMinutes: 1,
    expr: `${WITHOUT} > 0.5 * ${ALL}`,
    summary: '{{ $value }} services, more than half of all, have no connection to the broker.',
  },
]
