import { type Dashboard, figure, series } from '../grafana.ts'
import { rate } from '../promql.ts'
import { WINDOW } from './calls.ts'
import { consumerPanels, outboxPanels } from './events.ts'

const labels = { service: 'earnings' }
const delivered = 'mesh_delivery_duration_seconds_count{service="earnings",outcome="ok"}'

/** Whether the points are right, and whether they come. */
export const ledgerDashboard: Dashboard = {
  name: 'ledger',
  title: 'ledger',
  description: 'Points are money: they add up, each is credited once, and soon.',
  rows: [
    {
      title: 'Does it add up?',
      panels: [
        figure({
          title: 'Imbalance, micropoints',
          description: 'What all balances add up to. Anything but 0 is wrong.',
          unit: 'none',
          badFrom: 1,
          expr: 'max(abs(earnings_ledger_imbalance_micros))',
        }),
        figure({
          title: 'Accounts astray',
          description: 'Accounts whose balance is not that of their last entry.',
          unit: 'none',
          badFrom: 1,
          expr: 'max(earnings_ledger_accounts_astray)',
        }),
        figure({
          title: 'Last added up',
          description: 'How long ago.',
          unit: 's',
          badFrom: 900,
          expr: 'min(earnings_ledger_check_age_seconds)',
        }),
      ],
    },
    {
      title: 'Do points come?',
      panels: [
        series({
          title: 'Credits',
          description: 'Accruals and rewards taken a second, by consumer.',
          unit: 'ops',
          queries: [{ expr: rate(delivered, WINDOW, 'consumer'), legend: '{{consumer}}' }],
        }),
        series({
          title: 'Taken before',
          description:
            'Events delivered again after their effect was taken: nothing is wrong, but look why.',
          unit: 'ops',
          queries: [
            {
              expr: rate('mesh_inbox_duplicates_total{service="earnings"}', WINDOW, 'consumer'),
              legend: '{{consumer}}',
            },
          ],
        }),
      ],
    },
    { title: 'Events it takes', panels: consumerPanels(labels) },
    { title: 'Events it raises', panels: outboxPanels(labels) },
  ],
}
