import type { Alert } from '../alert.ts'

const WITHOUT = 'count(max by (service) (mesh_broker_connected) == 0)'
const ALL = 'count(max by (service) (mesh_broker_connected))'

/** A certificate is renewed a month before its end; then something is wrong with that. */
const DAYS_LEFT = { ticket: 14, page: 2 }

/** Of what all services share: one cause is told once. */
export const meshAlerts: readonly Alert[] = [
  {
    name: 'BrokerDown',
    severity: 'page',
    forMinutes: 1,
    expr: `${WITHOUT} > 0.5 * ${ALL}`,
    summary: '{{ $value }} services, more than half of all, have no connection to the broker.',
  },
  ...(['ticket', 'page'] as const).map((severity): Alert => ({
    name: 'CertificateExpiring',
    severity,
    forMinutes: 10,
    expr: `min by (service) (mesh_tls_certificate_expires_timestamp_seconds) - time() < ${DAYS_LEFT[severity]} * 86400`,
    summary: 'The certificate of {{ $labels.service }} expires in {{ $value | humanizeDuration }}.',
  })),
]
