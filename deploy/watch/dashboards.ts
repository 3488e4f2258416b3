import { brokerDashboard } from './dashboards/broker.ts'
import { edgeDashboard } from './dashboards/edge.ts'
import { ledgerDashboard } from './dashboards/ledger.ts'
import { overviewDashboard } from './dashboards/overview.ts'
import { serviceDashboard } from './dashboards/service.ts'
import { storeDashboard } from './dashboards/store.ts'
import type { Dashboard } from './grafana.ts'
import { allWatched } from './watched.ts'

/** Every dashboard: the mesh, its parts, and one for each service. */
export const dashboards: readonly Dashboard[] = [
  overviewDashboard,
  brokerDashboard,
  edgeDashboard,
  ledgerDashboard,
  storeDashboard,
  ...allWatched.map(serviceDashboard),
]
