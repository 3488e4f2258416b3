import { type Panel, series } from '../grafana.ts'
import { rate } from '../promql.ts'
import { WINDOW } from './calls.ts'

/** Certificates of the doors, and who does not get through with them; of both doors. */
export const tlsPanels: readonly Panel[] = [
  series({
    title: 'Certificates: time left',
    description: 'Until the certificate that is presented expires.',
    unit: 's',
    queries: [
      {
        expr: 'min by (service) (mesh_tls_certificate_expires_timestamp_seconds) - time()',
        legend: '{{service}}',
      },
    ],
  }),
  series({
    title: 'Certificates taken, handshakes failed',
    description:
      'Files read anew by how that ended, and TLS handshakes that came to nothing, a second.',
    unit: 'ops',
    queries: [
      {
        expr: rate('mesh_tls_certificate_loads_total', WINDOW, 'service, outcome'),
        legend: '{{service}} {{outcome}}',
      },
      { expr: rate('mesh_tls_handshakes_failed_total', WINDOW, 'service'), legend: '{{service}}' },
    ],
  }),
]
