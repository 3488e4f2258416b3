import type { Dashboard } from '../grafana.ts'
import { databasePanels, redisPanels } from './stores.ts'

/** Postgres and Redis, as the services see them. */
export const storeDashboard: Dashboard = {
  name: 'store',
  title: 'Postgres and Redis',
  description: 'How long statements and commands take, who waits, and what was found.',
  rows: [
    { title: 'Postgres', panels: databasePanels() },
    { title: 'Redis', panels: redisPanels() },
  ],
}
